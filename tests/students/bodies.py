"""Short form for a table: only the body of each definition is written out."""

from textwrap import dedent, indent

from tests.students import Answer


def answers_to(signature):
    """A maker of answers to one exercise, such as "surprise(probability)", from the body, the mistake, its key words."""
    def answer(body, mistake="", *names):
        return Answer(signature.partition("(")[0], f"def {signature}:\n{indent(dedent(body).strip(), '    ')}\n", mistake, names)

    return answer
