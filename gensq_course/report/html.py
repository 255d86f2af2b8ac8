"""How every page of the course begins that is one file: its head, what may run in it, and data that its scripts read."""
import base64
import hashlib
import json
from collections.abc import Iterable
from html import escape


def opening(title: str, *, scripts: Iterable[str], style: str) -> str:
    """From the doctype to the end of the head: only these inline `scripts` run, and nothing is loaded."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(policy(scripts), quote=True)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{escape(title)}</title>
<style>{style}</style>
</head>
"""


def policy(scripts: Iterable[str], *, files: str = "") -> str:
    """A content security policy: these inline scripts, inline styles, data: images and sounds; no request at all, unless
    `files` names whose files a page may load ("'self'")."""
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts)
    allowed = {"default-src": "'none'", "base-uri": "'none'", "form-action": files or "'none'",
               "style-src": f"'unsafe-inline' {files}", "img-src": f"data: {files}", "media-src": f"data: {files}",
               "font-src": "data:", "script-src": f"{hashes} {files}"}
    return "; ".join(f"{name} {what.strip()}" for name, what in allowed.items())


def embedded(data: object) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
