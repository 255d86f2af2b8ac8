"""Pictures of lessons as files beside their pages, and small ones for the map."""
import base64
import hashlib
import io
import re
import struct
from collections.abc import Iterator, Mapping

from PIL import Image

PNG = re.compile(r'<img\b([^>]*?)\bsrc="data:image/png;base64,([^"]+)"([^>]*)>')
THUMBNAIL, COLOURS = (480, 270), 64  # pixels; colours of a small picture


def as_files(html: str, folder: str) -> tuple[str, dict[str, bytes]]:
    """The HTML with its PNGs as files in `folder`, loaded when they come into sight, and those files (name -> content)."""
    files: dict[str, bytes] = {}

    def moved(found: re.Match) -> str:
        content = base64.b64decode(found[2])
        name = f"{folder}/{hashlib.sha256(content).hexdigest()[:12]}.png"
        files[name] = content
        return f'<img loading="lazy"{height(found[1] + found[3], content)} {found[1].strip()} src="{name}"{found[3]}>'

    return PNG.sub(moved, html), files


def height(attributes: str, png: bytes) -> str:
    """A picture of a width says its height, too, so that the page does not jump when it comes."""
    width = re.search(r'\bwidth="?(\d+)', attributes)
    wide, high = size(png)
    return f' height="{round(int(width[1]) * high / wide)}"' if width else ""


def size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG, pixels."""
    return struct.unpack(">II", png[16:24])


def figures(notebook: Mapping) -> Iterator[tuple[str, bytes]]:
    """(cell, PNG) of every figure of a notebook, in order."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if code := output.get("data", {}).get("image/png"):
                yield cell["id"], base64.b64decode("".join(code))


def thumbnail(notebook: Mapping, cell: str | None) -> bytes:
    """The figure of a cell (else the first of the notebook), small; b"" where there is none."""
    found = list(figures(notebook))
    picture = next((png for name, png in found if name == cell), found[0][1] if found else b"")
    if not picture:
        return b""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    wanted = max(1, image.width * THUMBNAIL[1] // THUMBNAIL[0])  # as high as a card is; what lies below stands in the lesson
    image = image.crop((0, 0, image.width, min(image.height, wanted)))
    image.thumbnail(THUMBNAIL)
    buffer = io.BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(buffer, format="png", optimize=True)
    return buffer.getvalue()
