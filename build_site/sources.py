"""What a study contributes to a site: its pages, its data as scripts, and files to take away."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from build_site.advice_script import advice_script
from build_site.answers.limits import limits
from build_site.answers.pace import pace_rows
from build_site.columns import columns_script
from build_site.curves import curves_script
from build_site.data_page import example_columns
from build_site.downloads import write_downloads
from build_site.findings import Findings
from build_site.records import from_json, to_json
from build_site.rendering import render
from build_site.run_details import run_details_script
from build_site.section import DATA, DOWNLOADS, Section, Source
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
from build_site.views.start import start

# Each view is a module with a function `pages`; their order is that of the navigation.
VIEWS = (
    *(home, overview, combinations, compare, importance, effects, failures),
    *(questions, advisor, runs, claims),
)

# Parts of a study's data that are scripts of their own: a page has those that it names, and may
# load the others when it needs them.
DATA_PARTS = {
    "runs": run_details_script,
    "curves": curves_script,
    "advice": advice_script,
}


def make_section(findings: Findings, folder: Path) -> Section:
    """Compute the section of a study; its scripts and files are written to the new `folder`.

    It is the same whatever was computed before it.

    Raises:
        StudyError: if the study can no longer be read.
    """
    study = findings.study
    data = folder / DATA
    data.mkdir(parents=True)
    (data / f"{study.name}.js").write_text(columns_script(findings), encoding="utf-8")
    for part, script in DATA_PARTS.items():
        (data / f"{study.name}.{part}.js").write_text(script(findings), encoding="utf-8")
    section = Section(
        name=study.name,
        title=study.title,
        description=study.description.strip(),
        created=study.created,
        runs=findings.runs,
        start=start(findings),
        limits=limits(findings),
        paces=pace_rows(study),
        sources=tuple(Source(each.label, each.source) for each in findings.datasets if each.source),
        files=write_downloads(study, folder / DOWNLOADS),
        example=example_columns(study),
        pages=tuple(_pages(findings)),
    )
    # As it will be when it is read again: a site of kept sections is the same to the byte.
    return from_json(Section, to_json(section))


def _pages(findings: Findings) -> Iterator[Page]:
    """Those of all views; each says on top if it shows a sample of the study."""
    said = ""
    if findings.sampled:
        said = render("sample.html", runs=findings.runs, shown=findings.shown) + "\n\n"
    for view in VIEWS:
        for page in view.pages(findings):
            yield replace(page, markdown=said + page.markdown)
