"""Exercise of lesson 01: a derivation in seven lines, of which one is wrong."""
from gensq_course.checks.choices import Choice

LINE = Choice(
    name="wrong_line", reference=lambda: 5, answers={"": "5"},
    mistakes={
        "1": "line 1 is the ELBO as you computed it: reconstruction minus the KL to the prior. Its two sides agree.",
        "2": "line 2 is Jensen's inequality once more: every KL is at least 0, and 0 only for equal distributions.",
        "3": "line 3 follows from line 2: what is at most 0 is largest where it is 0.",
        "4": "line 4 is Jensen for the logarithm, with the weights q: the mean of logs is at most the log of the mean.",
        "5": "line 5 takes an average under q for one under p(z).",
        "6": "line 6 is false, indeed, but it follows rightly from lines 4 and 5: the mistake is made before it.",
        "7": "line 7 is false, indeed, but it follows rightly from lines 1 and 6: the mistake is made before it.",
    },
    hints=(
        "Compute both sides of each line, for the sentence and the q of section 3. Lines 1 to 4 hold.",
        "A false line may follow rightly from a false one. Look for the first line that does not hold.",
        "Which average of p(x|z) gives p(x): the one under q or the one under the prior?",
    ),
    praise="The average of p(x|z) is p(x) only under the prior. Reconstruction may exceed log p(x); the rate pays for it.",
)
