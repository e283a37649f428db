"""Studies for the tests of build_site."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from compiled_templates import compile_templates_once
from conditional_studies import write_conditional_study
from hosted import ADDRESS, TITLE
from once import Once
from studies import FOUR_RUNS, Run, StudyFile

from build_site.__main__ import command  # before NumPy: it limits the threads

compile_templates_once()


@pytest.fixture
def write_study(tmp_path: Path) -> Callable[..., Path]:
    """Write a study of the given runs and return its path."""

    def write(*runs: Run, **options: object) -> Path:
        study = StudyFile(runs, **options)  # type: ignore[arg-type]
        return study.write(tmp_path / f"{study.name}.duckdb")

    return write


@pytest.fixture(scope="session")
def small(once: Once) -> Path:
    """The study tiny.duckdb of four runs and its site, in a folder; no test may change them."""

    def make(folder: Path) -> None:
        folder.mkdir()
        _build(folder / "site", StudyFile(FOUR_RUNS).write(folder / "tiny.duckdb"))

    return once("small", make)


@pytest.fixture(scope="session")
def joint_site(once: Once) -> Path:
    """The site of two studies, "few" runs and enough ("wide"), which knows its address.

    No test may change it.
    """

    def make(folder: Path) -> None:
        folder.mkdir()
        few = StudyFile(FOUR_RUNS, name="few", title=TITLE).write(folder / "few.duckdb")
        wide = write_conditional_study(folder)
        _build(folder / "site", few, wide, more=["--site-url", ADDRESS.rstrip("/")])

    return once("joint", make) / "site"


def _build(out: Path, *studies: Path, more: Sequence[str] = ()) -> None:
    arguments = ["--out", str(out), *(f"--study={study}" for study in studies), *more]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
