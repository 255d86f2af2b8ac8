"""What a lesson says of itself: its parameters, claims and numbers, and how they are read back.

Inside a lesson: `here = report.begin("06_text_vae", globals())`, then `report.claim(name, value)` and
`report.record(name=number)`. Outside: `report.collect(notebook)` reads back what it claimed and recorded.
The names load on first use, so that listing lessons needs no torch.
"""
import importlib

_HOMES = {"begin": "session", "claim": "session", "record": "session",
          "collect": "records", "recorded": "results", "told": "reading", "price_told": "reading", "price_paid": "reading"}
__all__ = list(_HOMES)


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__} has no {name}")
    found = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
