"""The exercises of lesson 16: looking back at the prompt, copying from it, and two measures where several replies are right."""
from gensq_lib.checks.dialogue.attention import ATTENTION
from gensq_lib.checks.dialogue.copying import COPYING
from gensq_lib.checks.dialogue.measures import COVERAGE, JUDGE
from gensq_lib.checks.registry import register

register(ATTENTION, COPYING, COVERAGE, JUDGE)
