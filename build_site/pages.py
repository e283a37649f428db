"""Pages of Markdown become HTML: MkDocs renders them, but those that were rendered before."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.plugins import BasePlugin
from mkdocs.structure.pages import Page

from build_site.assembly import Navigation
from build_site.content_policy import with_content_policy
from build_site.kept_pages import RenderedPage
from build_site.provenance import ROOT
from build_site.publishing import SiteError

# What the theme renders in place of a page that is taken as it was.
KEPT_TEMPLATE = "kept.html"


@dataclass(frozen=True)
class Rendered:
    """All pages by their way from the site's folder, and the configuration they were made with."""

    pages: Mapping[str, RenderedPage]
    config: MkDocsConfig

    def below(self, folder: str) -> tuple[RenderedPage, ...]:
        """The pages in a folder of the site."""
        return tuple(page for page in self.pages.values() if page.address.startswith(f"{folder}/"))


def render_pages(
    sources: Path,
    out: Path,
    *,
    navigation: Navigation,
    site_url: str,
    kept: Sequence[RenderedPage],
) -> Rendered:
    """Write a site of Markdown to the folder `out`, each page with its Content-Security-Policy.

    Args:
        sources: the folder of all that MkDocs reads.
        out: the folder of the site.
        navigation: of the generated pages, which comes before that of mkdocs.yml.
        site_url: the address of the site, with a slash at the end; "" if nobody said.
        kept: pages that are taken as they were rendered before.

    Raises:
        SiteError: if MkDocs refuses a page.
    """
    # What it says below a warning is noise; a warning is an error.
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    pages = _Pages(kept)
    try:
        config = load_config(
            str(ROOT / "mkdocs.yml"),
            docs_dir=str(sources),
            site_dir=str(out),
            site_url=site_url,
            strict=True,
        )
        config.nav = [*navigation, *(config.nav or [])]
        config.theme.static_templates.discard("404.html")  # hosting.py writes it
        config.plugins["pages"] = pages  # the last, which sees what the others made
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
        config.plugins.on_shutdown()
    except MkDocsException as error:
        raise SiteError(f"MkDocs refused the pages: {error}") from error
    return Rendered(pages.pages, config)


class _NoOptions(Config):  # type: ignore[no-untyped-call]
    """What mkdocs.yml can say to a plugin that it does not know of."""


class _Pages(BasePlugin[_NoOptions]):  # type: ignore[no-untyped-call]
    """What MkDocs asks at each step of a page, which is little for a page that was kept."""

    def __init__(self, kept: Sequence[RenderedPage]) -> None:
        self.pages = {page.address: page for page in kept}
        self._kept = frozenset(self.pages)
        self._search: dict[str, str] = {}
        self._indexed = 0

    def on_page_markdown(self, markdown: str, *, page: Page, **_: object) -> str:
        """The text to render."""
        if page.file.dest_uri not in self._kept:
            return markdown
        page.meta = {"template": KEPT_TEMPLATE, "search": {"exclude": True}}
        return ""

    def on_page_context(
        self, _context: object, *, page: Page, config: MkDocsConfig, **_: object
    ) -> None:
        """Let the search find what it found on a page that was kept; note what it finds on others.

        Page by page, so that the order of all that it finds is one, whatever was kept.
        """
        search: Any = config.plugins["material/search"]
        entries = search.search_index.entries
        address = page.file.dest_uri
        if address in self._kept:
            entries.extend(json.loads(self.pages[address].search))
        self._search[address] = json.dumps(entries[self._indexed :])
        self._indexed = len(entries)

    def on_post_page(self, output: str, *, page: Page, **_: object) -> str:
        """The whole HTML of a page."""
        address = page.file.dest_uri
        if address not in self._kept:
            html = with_content_policy(output)
            self.pages[address] = RenderedPage(address, html, self._search[address])
        return self.pages[address].html
