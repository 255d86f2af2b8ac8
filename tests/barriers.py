"""What axe, an examiner of pages, finds on a page that is open in the browser; and which of many pages have their turn today."""
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import axe_playwright_python

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
SERIOUS = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"], preload: false});
  return found.violations.filter(({impact}) => ["serious", "critical"].includes(impact))
    .map(({id, nodes}) => [id, nodes.length, nodes.slice(0, 3).map(({html}) => html.slice(0, 120))]);
}"""


def of_today(all_of: Sequence, num: int) -> list:
    """`num` of them, others tomorrow: within a few days all have their turn."""
    return [all_of[(num * date.today().toordinal() + one) % len(all_of)] for one in range(num)]


def barriers(page) -> list[list]:
    """Its serious and critical violations: rule, how many places, the first three of them."""
    page.evaluate(AXE)
    return page.evaluate(SERIOUS)
