"""A lesson's cells with widgets, run in JupyterLab or as a page of Voila, in a real browser; and how its widgets are read."""
import json
import re
import secrets
import subprocess
from contextlib import contextmanager

from test_lab_browser import command, free_port, run_all, variables, wait_for

from gensq_course.execute import voila
from gensq_course.report.lessons import find_lesson, tables_folder

WAYS = ("voila", "lab")
WAIT = 120_000  # milliseconds: a busy machine may take this long


@contextmanager
def served(home, start, address, lesson):
    """A server in a folder of its own, which ends with the test."""
    with open(home / "log", "w") as log:
        more = voila.variables(tables_folder(find_lesson(lesson)))
        server = subprocess.Popen(start, env=variables(home) | more, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_for(address, server, home / "log")
        yield
    finally:
        server.terminate()
        server.wait(timeout=60)


@contextmanager
def shown(lesson, way, home, browser, content=None):
    """The lesson's own cells, or other `content`, run in one of the `WAYS`. At the end: nothing was asked of another machine,
    nothing was complained about, no dialog was opened.
    """
    notebook, port, token = home / "lessons" / f"{lesson}.ipynb", free_port(), secrets.token_hex(8)
    notebook.parent.mkdir()
    notebook.write_text(json.dumps(content or voila.page(find_lesson(lesson))))
    asked, complaints = [], []
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message) or dialog.dismiss())
    in_lab, root = way == "lab", f"http://127.0.0.1:{port}"
    start = command(home, port, token) if in_lab else voila.command(
        notebook, port=port, options=["--no-browser", f"--Voila.token={token}"])
    with served(home, start, f"{root}/{'api' if in_lab else ''}?token={token}", lesson):
        page.goto(f"{root}/lab/tree/{lesson}.ipynb?token={token}" if in_lab else f"{root}/?token={token}", timeout=WAIT)
        if in_lab:
            run_all(page)
        yield page
        assert [url for url in asked if not re.match(rf"(http|ws)://127\.0\.0\.1:{port}/|data:|blob:", url)] == []
        assert complaints == [], complaints
    context.close()


def said(widget) -> str:
    return " ".join(widget.locator(".widget-html").locator("visible=true").all_inner_texts())


def after(page, widget, action) -> str:
    """What the widget says when it has stopped to say what it said before."""
    before = said(widget)
    action()
    for _ in range(100):
        page.wait_for_timeout(100)
        if said(widget) != before:
            break
    page.wait_for_timeout(300)
    return said(widget)
