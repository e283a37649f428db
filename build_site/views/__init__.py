"""The pages of a study: each module computes and draws one, and has a client script of its name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One page of the site: Markdown, with the HTML of its plots in it.

    `scripts` are the client scripts it needs besides the shared ones, in order.
    """

    slug: str
    title: str
    description: str
    markdown: str
    scripts: tuple[str, ...]
