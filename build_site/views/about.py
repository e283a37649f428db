"""What a study is made of: its data sets and its hyper-parameters, as rows of tables."""

from dataclasses import dataclass

from build_site.findings import Findings
from build_site.levels import Factor
from build_site.metrics import DatasetSummary
from build_site.rendering import NOTHING, measure


@dataclass(frozen=True)
class ParameterRow:
    """What a hyper-parameter is, and what it was drawn from."""

    label: str
    description: str
    levels: str
    default: str


@dataclass(frozen=True)
class DatasetRow:
    """One data set, with its best run."""

    label: str
    best: str
    configuration: str
    classes: str
    images: str
    runs: str
    difficulty: str
    source: str


def parameter_row(factor: Factor) -> ParameterRow:
    """A hyper-parameter in words, with all its values."""
    parameter = factor.parameter
    return ParameterRow(
        label=parameter.label,
        description=parameter.description,
        levels=", ".join(level.label for level in factor.levels),
        default=NOTHING if parameter.default is None else factor.show(parameter.default),
    )


def dataset_row(findings: Findings, dataset: DatasetSummary) -> DatasetRow:
    """A data set in words, with its best run."""
    best = findings.best_runs.get(dataset.name)
    settings = () if best is None else findings.best_settings[dataset.name]
    sizes = (dataset.train_size, dataset.test_size)
    return DatasetRow(
        label=dataset.label,
        best=measure(best.raw if best else None, is_share=findings.is_share),
        configuration=" · ".join(f"{s.label} {s.value}" for s in settings) or NOTHING,
        classes=_count(dataset.classes),
        images=", ".join(_count(size) for size in sizes) if any(sizes) else NOTHING,
        runs=_runs(dataset),
        difficulty=NOTHING if dataset.difficulty is None else f"{dataset.difficulty:.2f}",
        source=dataset.source,
    )


def known_columns(rows: list[DatasetRow]) -> frozenset[str]:
    """What is known of any data set: a table has no column for the rest."""
    columns = ("classes", "images", "difficulty", "source")
    return frozenset(
        column
        for column in columns
        if any(getattr(row, column) not in {"", NOTHING} for row in rows)
    )


def _runs(dataset: DatasetSummary) -> str:
    """How many runs ended, and how many of them badly."""
    troubles = [
        f"{count:,} {word}"
        for count, word in ((dataset.diverged, "diverged"), (dataset.failed, "failed"))
        if count
    ]
    return ", ".join([_count(dataset.runs), *troubles])


def _count(number: int | None) -> str:
    return NOTHING if number is None else f"{number:,}"
