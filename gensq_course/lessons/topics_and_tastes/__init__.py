"""The exercises of lesson 18: a Dirichlet as a Gaussian, exact log p of documents, two perplexities, coherence; tastes."""
from gensq_course.checks.registry import register
from gensq_course.lessons.topics_and_tastes.bags import COHERENCE, EVIDENCE, LAPLACE, PERPLEXITY
from gensq_course.lessons.topics_and_tastes.tastes import EASE, NDCG, SAMPLED

register(LAPLACE, EVIDENCE, PERPLEXITY, COHERENCE)
register(EASE, NDCG, SAMPLED)
