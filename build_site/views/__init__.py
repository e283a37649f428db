"""The pages of a study: each module computes and draws some, and has a client script of its name.

Its function `pages(findings)` returns them, in the order of the navigation.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One page of the site: Markdown, with the HTML of its plots in it.

    `scripts` are the client scripts it needs besides the shared ones, in order. A slug may begin
    with a folder, "questions/optimizer"; pages of one `group` are one entry of the navigation.
    `data` are the parts of the study's data that it needs besides the columns.
    """

    slug: str
    title: str
    description: str
    markdown: str
    scripts: tuple[str, ...]
    group: str | None = None
    data: tuple[str, ...] = ()
