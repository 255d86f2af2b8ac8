"""The web book: every lesson as a page, with a map, a glossary, a bibliography and a search; from a disk or an address.

`build` writes it from the committed notebooks. A lesson's page is made by the template of a report (gensq_course/execute);
docs/book.md says why, and how the pages find each other.
"""
from gensq_course.book.building import Built, build

__all__ = ["Built", "build"]
