"""The page Data: the tables of all studies to take away, and what the site was built from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from build_site.downloads import Download, write_downloads
from build_site.findings import Findings
from build_site.provenance import provenance
from build_site.rendering import render
from build_site.study import SCHEMA, quoted

DOWNLOADS = "downloads"  # the folder of the site that they lie in


@dataclass(frozen=True)
class Source:
    """Where the images of a data set are from."""

    label: str
    text: str


@dataclass(frozen=True)
class StudyFiles:
    """What the page shows of one study."""

    name: str
    title: str
    description: str
    files: tuple[Download, ...]
    sources: tuple[Source, ...]


def write_data_page(studies: Sequence[Findings], folder: Path) -> None:
    """Write data.md and the files that it offers to the folder of the site's sources."""
    built_from = provenance([each.study.path for each in studies])
    names = [each.study.title for each in studies]
    text = render(
        "data.md",
        studies=[_files(each, folder / DOWNLOADS / each.study.name) for each in studies],
        example=Markup(_example(studies[0])),  # noqa: S704 - of quoted names, in a code block
        schema=Markup(SCHEMA.read_text(encoding="utf-8").strip()),  # noqa: S704 - ours,
        inputs=list(zip(names, built_from.studies, strict=True)),
        code=built_from.code,
        packages=built_from.packages,
    )
    (folder / "data.md").write_text(text, encoding="utf-8")


def _example(findings: Findings) -> str:
    """What a query of the first study may ask for: its metric by its first hyper-parameter."""
    study = findings.study
    names = [parameter.name for parameter in study.parameters[:1]]
    columns = [_named(name) for name in names]
    return ", ".join([*columns, f"avg({_named(study.metric)}) AS mean"])


def _named(name: str) -> str:
    """A column as one writes it: quoted only where it must be; no line or fence of its own."""
    plain = " ".join(name.replace("`", "").split())
    return plain if plain.isidentifier() else quoted(plain)


def _files(findings: Findings, folder: Path) -> StudyFiles:
    study = findings.study
    return StudyFiles(
        study.name,
        study.title,
        study.description.strip(),
        write_downloads(study, folder),
        tuple(Source(each.label, each.source) for each in findings.datasets if each.source),
    )
