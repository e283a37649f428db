"""Everything MkDocs reads: the hand-written pages, the generated ones, scripts and data."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import bokeh

from build_site.advice_script import advice_script
from build_site.columns import columns_script
from build_site.curves import curves_script
from build_site.data_page import DOWNLOADS, write_data_page
from build_site.findings import Findings
from build_site.methods_page import methods_page
from build_site.rendering import render
from build_site.run_details import run_details_script
from build_site.study import Study
from build_site.views import (
    Page,
    advisor,
    claims,
    combinations,
    compare,
    effects,
    failures,
    home,
    importance,
    overview,
    questions,
    runs,
)

ROOT = Path(__file__).parent.parent
CLIENT = Path(__file__).parent / "client"
BOKEH_SCRIPT = Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"

# Each view is a module with a function `pages`; their order is that of the navigation.
VIEWS = (
    *(home, overview, combinations, compare, importance, effects, failures),
    *(questions, advisor, runs, claims),
)

# Scripts of every page of a study: those before its data, and those after, in the order in which
# they need each other. The page's own come last, under the name of the last of them.
SCRIPTS_BEFORE_DATA = ("study",)
SCRIPTS_AFTER_DATA = (
    *("format", "dom", "text_width", "performance", "selection", "selection_words"),
    *("plots", "folded_table", "table_text", "plot_image", "plot_tools", "plot_paper"),
    *("range_control", "selection_bar"),
)

# Parts of a study's data that are scripts of their own: a page has those that it names, and may
# load the others when it needs them.
DATA_PARTS = {
    "runs": run_details_script,
    "curves": curves_script,
    "advice": advice_script,
}

# How a template links a page of the whole site, wherever its own page lies.
SITE_LINK = 'href="site:/'

Navigation = list[dict[str, object]]


class SourceError(ValueError):
    """Studies that cannot share a site; the message says why."""


@dataclass(frozen=True)
class StudyCard:
    """A study on the front page of a site of several."""

    name: str
    title: str
    description: str
    runs: int
    start: home.Start | None


@dataclass(frozen=True)
class PageLink:
    """A link to a page of the same study."""

    label: str
    address: str
    current: bool


def write_sources(studies: Sequence[Findings], folder: Path) -> Navigation:
    """Write all sources to the new `folder`; returns the navigation of the generated pages.

    One study has the site to itself; several have a section each, named after them.

    Raises:
        SourceError: if a study's section would take a name that is already in use.
    """
    shutil.copytree(ROOT / "site_src", folder)
    (folder / "assets" / "scripts").mkdir()
    shutil.copy(BOKEH_SCRIPT, folder / "assets" / "scripts")
    for name, parts in (("study", SCRIPTS_BEFORE_DATA), ("shared", SCRIPTS_AFTER_DATA)):
        _write_script(folder, name, parts)
    _write_style(folder)
    (folder / "assets" / "data").mkdir()
    _check_names(studies, folder)
    write_data_page(studies, folder)
    (folder / "methods.md").write_text(methods_page(studies), encoding="utf-8")
    if len(studies) == 1:
        return _write_study(studies[0], folder, folder)
    cards = [
        StudyCard(
            name=each.study.name,
            title=each.study.title,
            description=each.study.description,
            runs=each.runs,
            start=home.start(each),
        )
        for each in studies
    ]
    (folder / "index.md").write_text(render("studies.md", studies=cards), encoding="utf-8")
    navigation: Navigation = [{"Home": "index.md"}]
    for findings in studies:
        section = folder / findings.study.name
        section.mkdir()
        navigation.append({escape(findings.study.title): _write_study(findings, section, folder)})
    return navigation


def _check_names(studies: Sequence[Findings], folder: Path) -> None:
    """Refuse a study whose section would take a name that is in use."""
    if len(studies) == 1:
        return
    taken = {entry.name for entry in folder.iterdir()} | {DOWNLOADS}
    for findings in studies:
        name = findings.study.name
        if name in taken:
            raise SourceError(
                f"a study cannot be named {name!r} in this site, the name is in use; "
                "leave one out or rename it"
            )
        taken.add(name)


def _write_study(findings: Findings, section: Path, folder: Path) -> Navigation:
    name = findings.study.name
    data = folder / "assets" / "data"
    (data / f"{name}.js").write_text(columns_script(findings), encoding="utf-8")
    for part, script in DATA_PARTS.items():
        (data / f"{name}.{part}.js").write_text(script(findings), encoding="utf-8")
    navigation: Navigation = []
    groups: dict[str, Navigation] = {}
    pages = [page for view in VIEWS for page in view.pages(findings)]
    for page in pages:
        file = section / f"{page.slug}.md"
        file.parent.mkdir(exist_ok=True)
        root = "../" * len(file.parent.relative_to(folder).parts)
        home = "../" * len(file.parent.relative_to(section).parts)
        links = "" if section == folder else _links(pages, page, home)
        file.write_text(_source(page, findings.study, root, home or "./", links), encoding="utf-8")
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


def _source(page: Page, study: Study, root: str, home: str, links: str) -> str:
    """A Markdown file: front matter, the page, and the scripts that bring it to life.

    Args:
        page: what to write.
        study: what it belongs to.
        root: the way from the page to the folder of the site.
        home: the way to the folder of the study.
        links: what stands above the page.
    """
    # JSON strings are YAML strings, whatever a title contains. The theme puts titles and
    # descriptions into its HTML as they are.
    front = [
        "---",
        f"title: {json.dumps(escape(page.title), ensure_ascii=False)}",
        f"description: {json.dumps(escape(page.description), ensure_ascii=False)}",
        f"study: {json.dumps(escape(study.title), ensure_ascii=False)}",
        "hide: [navigation, toc]",
        "---",
    ]
    addresses = [
        "scripts/bokeh.min.js",
        "scripts/study.js",
        f"data/{study.name}.js",
        *(f"data/{study.name}.{part}.js" for part in page.data),
        "scripts/shared.js",
        *(f"scripts/{name}.js" for name in page.scripts[-1:]),
    ]
    tags = "".join(f'<script defer src="{root}assets/{address}"></script>' for address in addresses)
    markdown = page.markdown.replace(SITE_LINK, f'href="{root}')
    return "\n".join(
        [*front, "", links, markdown, "", f'<div data-study-folder="{home}">{tags}</div>', ""]
    )
