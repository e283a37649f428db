"""Studies for the tests of build_site."""

from collections.abc import Callable
from pathlib import Path

import pytest
from studies import Run, StudyFile

import build_site  # noqa: F401 - before NumPy: it limits the threads


@pytest.fixture
def write_study(tmp_path: Path) -> Callable[..., Path]:
    """Write a study of the given runs and return its path."""

    def write(*runs: Run, **options: object) -> Path:
        study = StudyFile(runs, **options)  # type: ignore[arg-type]
        return study.write(tmp_path / f"{study.name}.duckdb")

    return write
