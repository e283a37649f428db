"""From what a view computed to the Markdown of its page; all text from data is escaped."""

import math
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

NOTHING = "\N{EN DASH}"
# What single precision keeps of a decimal number: 0.8645 is stored as 0.86449998…
DIGITS = 7


def render(template: str, **context: object) -> str:
    """The page that `build_site/templates/TEMPLATE` makes of `context`."""
    return _environment().get_template(template).render(**context)


def percent(share: float) -> str:
    """A share of 1 with one decimal, such as 98.5 %, half up, that stays on one line."""
    tenths = math.floor(float(f"{share * 1000:.{DIGITS}g}") + 0.5)
    return f"{tenths / 10:.1f}\N{NO-BREAK SPACE}%"


def measure(value: float | None, *, is_share: bool) -> str:
    """A metric as a reader sees it: a percentage, or four digits; a dash if there is none."""
    if value is None:
        return NOTHING
    return percent(value) if is_share else f"{value:.4g}"


def counted(number: int, thing: str) -> str:
    """How many there are: "1 run", "1,200 runs"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


@cache
def _environment() -> Environment:
    """Made once: it remembers the templates that it has compiled."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    environment.filters["whole_percent"] = lambda share: f"{share * 100:.0f}"
    environment.filters["kilobytes"] = lambda size: f"{max(1, round(size / 1000)):,} kB"
    environment.filters["listing"] = listing
    environment.filters["counted"] = counted
    return environment


def listing(words: Iterable[str]) -> str:
    """Words as in a sentence: "a, b and c"."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} and {last}" if first else last
