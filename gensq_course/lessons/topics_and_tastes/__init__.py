"""The exercises of lesson 18: a Dirichlet as a Gaussian, exact log p of documents, two perplexities, coherence; tastes."""
from gensq_course.checks.registry import register
from gensq_course.lessons.topics_and_tastes.bags import COHERENCE, EVIDENCE, LAPLACE, PERPLEXITY

register(LAPLACE, EVIDENCE, PERPLEXITY, COHERENCE)
