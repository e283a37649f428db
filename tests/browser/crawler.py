"""Every page that links lead to, from the first on, and what is wrong with each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urldefrag

from playwright.sync_api import Error, Page, Request
from watching import Watched

# Links as written in the page, and every place on it that one may lead to.
LINKS = "[...document.links].map((link) => link.href)"
PLACES = "[...document.querySelectorAll('[id]')].map((element) => element.id)"

Examine = Callable[[Page], Sequence[str]]


@dataclass(frozen=True)
class Visit:
    """A page that was opened: how many files it asked for, and all that is wrong with it."""

    way: str
    requests: int
    problems: tuple[str, ...]
    found: tuple[str, ...]
    broken_links: tuple[str, ...]
    broken_anchors: tuple[str, ...]


@dataclass(frozen=True)
class _Opened:
    requests: tuple[str, ...]
    problems: tuple[str, ...]
    found: tuple[str, ...]
    links: tuple[str, ...]
    places: frozenset[str]


def crawl(watched: Watched, start: str, examine: Examine) -> list[Visit]:
    """Open every page of a site by following links from the address `start`.

    Args:
        watched: what opens them; `problems` of a visit are its console errors, requests to other
            hosts, and plots that are not drawn.
        start: the first page; the site is the folder that it is in.
        examine: looks at each page when its plots are drawn, and says what it `found` wrong.
    """
    site = start.rpartition("/")[0] + "/"
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    watched.page.on("request", note)
    opened: dict[str, _Opened] = {}
    waiting = [start]
    while waiting:
        address = waiting.pop(0)
        if address in opened:
            continue
        asked.clear()
        known = len(watched.problems)
        page = watched.page
        try:
            watched.open(address)
        except Error as error:  # what it says is wrong with this page; the others may be well
            watched.problems.append(error.message)
        found = tuple(examine(page))
        links = tuple(dict.fromkeys(page.evaluate(LINKS)))
        opened[address] = _Opened(
            requests=tuple(asked),
            problems=tuple(watched.problems[known:]),
            found=found,
            links=tuple(link for link in links if link.startswith(site)),
            places=frozenset(page.evaluate(PLACES)),
        )
        ways = [_target(link) for link in opened[address].links]
        waiting += [way for way in ways if way.endswith(".html") and _is_there(page, way)]
    watched.page.remove_listener("request", note)
    there = {way: _is_there(watched.page, way) for way in _targets(opened)}
    return [
        Visit(
            way=address.removeprefix(site),
            requests=len(each.requests),
            problems=each.problems,
            found=each.found,
            broken_links=tuple(link for link in each.links if not there[_target(link)]),
            broken_anchors=tuple(link for link in each.links if _is_lost(link, opened)),
        )
        for address, each in opened.items()
    ]


def _target(link: str) -> str:
    """The page or file that a link leads to."""
    return urldefrag(link)[0].partition("?")[0]


def _targets(opened: dict[str, _Opened]) -> set[str]:
    return {_target(link) for each in opened.values() for link in each.links}


def _is_there(page: Page, address: str) -> bool:
    if address.startswith("file:"):
        return Path(unquote(address.removeprefix("file://"))).is_file()
    return page.request.head(address).ok


def _is_lost(link: str, opened: dict[str, _Opened]) -> bool:
    """Whether a link leads to a place that is not on its page; a selection is no place."""
    place = unquote(urldefrag(link)[1])
    page = opened.get(_target(link))
    return bool(place) and "=" not in place and page is not None and place not in page.places
