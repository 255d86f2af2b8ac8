"""A page of the classroom: one file in the shell of a report, where every text is escaped and nothing is fetched."""
from pathlib import Path

from gensq_course.execute.page import Page, filled, laid_out, policy, read

HERE = Path(__file__).parent / "templates"


def page(title: str, template: str, **values: object) -> str:
    """The page of a template; the scripts that it may run are ours."""
    early, scripts = read("theme.js"), [read("page.js"), read("sorting.js")]
    main = filled(template, HERE, title=title, **values)
    return laid_out(Page(title=title, description=title, main_html=main, policy=policy([early, *scripts]),
                         head_html=f"<style>{read('page.css')}</style>\n<script>{early}</script>",
                         scripts_html="\n".join(f"<script>{script}</script>" for script in scripts)))
