"""Pages that compute in the browser: no kernel, no server, no network. docs/live.md says how they are made and measured.

The scripts are in js/ and js/pages/; what they compute with is made from the course's models and grammars (`data`), packed
(`packing`) and put together (`pages`).
"""
from gensq_course.live.data import NEEDS
from gensq_course.live.pages import TITLES, files, page, widget, write_pages

__all__ = ["NEEDS", "TITLES", "files", "page", "widget", "write_pages"]
