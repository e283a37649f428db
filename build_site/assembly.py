"""Everything MkDocs reads: the hand-written pages, those of the studies, scripts and data."""

import math
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import bokeh
import yaml

from build_site.data_page import data_page
from build_site.methods_page import methods_page
from build_site.provenance import ROOT, Provenance
from build_site.rendering import render
from build_site.section import DATA, DOWNLOADS, Section
from build_site.views import Page

CLIENT = Path(__file__).parent / "client"
BOKEH_SCRIPT = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"

# Scripts of every page of a study: those before its data, and those after, in the order in which
# they need each other. The page's own come last, under the name of the last of them.
SCRIPTS_BEFORE_DATA = ("study",)
SCRIPTS_AFTER_DATA = (
    *("format", "dom", "text_width", "performance", "selection", "selection_words"),
    *("plots", "folded_table", "table_text", "plot_image", "plot_tools", "plot_paper"),
    *("range_control", "selection_bar"),
)

# How a template links a page of the whole site, wherever its own page lies.
SITE_LINK = 'href="site:/'

Navigation = list[dict[str, object]]


@dataclass(frozen=True)
class Computed:
    """A section, and the folder that its scripts and files lie in."""

    section: Section
    folder: Path


@dataclass(frozen=True)
class PageLink:
    """A link to a page of the same study."""

    label: str
    address: str
    current: bool


def write_sources(studies: Sequence[Computed], built_from: Provenance, folder: Path) -> Navigation:
    """Write all sources to the new `folder`; returns the navigation of the generated pages.

    One study has the site to itself; several have a section each, named after them.
    """
    shutil.copytree(ROOT / "site_src", folder)
    (folder / "assets" / "scripts").mkdir()
    shutil.copy(BOKEH_SCRIPT, folder / "assets" / "scripts")
    for name, parts in (("study", SCRIPTS_BEFORE_DATA), ("shared", SCRIPTS_AFTER_DATA)):
        _write_script(folder, name, parts)
    _write_style(folder)
    (folder / "assets" / "data").mkdir()
    sections = [study.section for study in studies]
    for study in studies:
        _link_files(study.folder / DATA, folder / "assets" / "data")
        _link_files(study.folder / DOWNLOADS, folder / DOWNLOADS / study.section.name)
    _write_page(folder, "data.md", data_page(sections, built_from))
    _write_page(folder, "methods.md", methods_page(sections))
    if len(sections) == 1:
        return _write_pages(sections[0], folder, folder)
    _write_page(folder, "index.md", render("studies.md", studies=sections))
    navigation: Navigation = [{"Home": "index.md"}]
    for section in sections:
        place = folder / section.name
        place.mkdir()
        navigation.append({escape(section.title): _write_pages(section, place, folder)})
    return navigation


def _link_files(origin: Path, target: Path) -> None:
    """Let files be in a second folder too, as copies only where there are no hard links."""
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted(origin.iterdir()):
        try:
            os.link(file, target / file.name)
        except OSError:
            shutil.copyfile(file, target / file.name)


def _write_page(folder: Path, name: str, markdown: str) -> None:
    (folder / name).write_text(markdown, encoding="utf-8")


def _write_pages(section: Section, place: Path, folder: Path) -> Navigation:
    """Write the pages of a section to `place`, in the folder of the site; returns their entries."""
    navigation: Navigation = []
    groups: dict[str, Navigation] = {}
    pages = section.pages
    for page in pages:
        file = place / f"{page.slug}.md"
        file.parent.mkdir(exist_ok=True)
        root = "../" * len(file.parent.relative_to(folder).parts)
        home = "../" * len(file.parent.relative_to(place).parts)
        links = "" if place == folder else _links(pages, page, home)
        _write_page(file.parent, file.name, _source(page, section, root, home or "./", links))
        if page.scripts:
            _write_script(folder, page.scripts[-1], page.scripts)
        label = "Home" if page.slug == "index" else page.title
        entry: dict[str, object] = {escape(label): file.relative_to(folder).as_posix()}
        if page.group is None:
            navigation.append(entry)
        elif page.group in groups:
            groups[page.group].append(entry)
        else:
            groups[page.group] = [entry]
            navigation.append({escape(page.group): groups[page.group]})
    return navigation


def _write_script(folder: Path, name: str, parts: Sequence[str]) -> None:
    """Write client scripts as one: a browser asks for each file by itself, which takes time."""
    texts = [(CLIENT / f"{part}.js").read_text(encoding="utf-8") for part in parts]
    (folder / "assets" / "scripts" / f"{name}.js").write_text("".join(texts), encoding="utf-8")


def _write_style(folder: Path) -> None:
    """Write all style sheets as one, for the same reason."""
    assets = folder / "assets"
    sheets = sorted(assets.glob("*.css"))
    texts = [sheet.read_text(encoding="utf-8") for sheet in sheets]
    for sheet in sheets:
        sheet.unlink()
    (assets / "site.css").write_text("".join(texts), encoding="utf-8")


def _links(pages: Sequence[Page], current: Page, home: str) -> str:
    """Links to the pages of a study, of each group to the first; the site's tabs lead to studies.

    Args:
        pages: all pages of the study.
        current: the one that has the links.
        home: the way from it to the folder of the study.
    """
    firsts = {page.group or page.slug: page for page in reversed(pages)}
    shown = sorted(firsts.values(), key=pages.index)
    links = [
        PageLink(
            page.group or ("Start" if page.slug == "index" else page.title),
            f"{home}{page.slug}.html",
            current=(page.group or page.slug) == (current.group or current.slug),
        )
        for page in shown
    ]
    return render("study_pages.html", links=links) + "\n"


def _source(page: Page, section: Section, root: str, home: str, links: str) -> str:
    """A Markdown file: front matter, the page, and the scripts that bring it to life.

    Args:
        page: what to write.
        section: what it belongs to.
        root: the way from the page to the folder of the site.
        home: the way to the folder of the study.
        links: what stands above the page.
    """
    # The theme puts titles and descriptions into its HTML as they are. Quotes and one line keep
    # whatever a title contains within its value.
    texts = {"title": page.title, "description": page.description, "study": section.title}
    front = {**{name: escape(text) for name, text in texts.items()}, "hide": ["navigation", "toc"]}
    header = yaml.safe_dump(
        front, default_style='"', allow_unicode=True, width=math.inf, sort_keys=False
    )
    addresses = [
        "scripts/bokeh.min.js",
        "scripts/study.js",
        f"data/{section.name}.js",
        *(f"data/{section.name}.{part}.js" for part in page.data),
        "scripts/shared.js",
        *(f"scripts/{name}.js" for name in page.scripts[-1:]),
    ]
    tags = "".join(f'<script defer src="{root}assets/{address}"></script>' for address in addresses)
    markdown = page.markdown.replace(SITE_LINK, f'href="{root}')
    return "\n".join(
        [
            f"---\n{header}---\n",
            links,
            markdown,
            "",
            f'<div data-study-folder="{home}">{tags}</div>',
            "",
        ]
    )
