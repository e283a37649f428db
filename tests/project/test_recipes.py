"""Each recipe, followed step by step in a copy of the repository, gives what it promises."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from examples import most_cores
from recipes import copy_repository, follow, recipes, run
from remembered import remember_speeds
from studies import Run, StudyFile

STEPS = recipes()
BUILD = ".venv/bin/python -m build_site --study tiny.duckdb --out site"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the repository with a small study beside it."""
    folder = copy_repository(tmp_path / "copy")
    (folder / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    runs = [
        Run(dataset, place + seed / 100, optimizer)
        for dataset, place in (("easy", 0.8), ("hard", 0.5))
        for seed in range(6)
        for optimizer in ("adam", "rmsprop")
    ]
    StudyFile(runs).write(folder / "tiny.duckdb")
    return folder


@pytest.fixture
def quick_sweeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sweeps need not find out how fast this machine is, and start one worker."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    remember_speeds()
    with most_cores(1):
        yield


def lint(folder: Path, *files: str) -> None:
    """New code is in the project's style, as it stands in the recipe."""
    for command in (["check", "--no-cache"], ["format", "--check", "--no-cache"]):
        ruff = [f"{sys.prefix}/bin/ruff", *command, *files]
        finished = subprocess.run(ruff, cwd=folder, capture_output=True, text=True, check=False)
        assert finished.returncode == 0, finished.stdout


def test_a_view_is_added(copy: Path) -> None:
    follow(STEPS["Add a view"], copy)
    run(BUILD, copy)
    page = (copy / "site" / "counts.html").read_text(encoding="utf-8")
    assert '<th scope="row">Easy</th><td>12</td>' in page
    assert 'data-plot="counts-plot"' in page
    assert 'src="assets/scripts/counts.js"' in page
    assert 'href="counts.html"' in (copy / "site" / "index.html").read_text(encoding="utf-8")
    lint(copy, "build_site/views/counts.py", "build_site/sources.py")


def test_a_format_is_added(copy: Path) -> None:
    said = follow(STEPS["Add a format"], copy)
    assert "Trainlog" in said
    with duckdb.connect(str(copy / "trials.duckdb"), read_only=True) as study:
        assert study.execute("SELECT name FROM parameter ORDER BY name").fetchall() == [
            ("depth",),
            ("optimizer",),
        ]
        assert study.execute("SELECT dataset, count(*) FROM run GROUP BY ALL").fetchall() == [
            ("digits", 4)
        ]
    assert "4 runs" in (copy / "trials-site" / "index.html").read_text(encoding="utf-8")
    lint(copy, "build_site/importers/trainlog.py", "build_site/importers/detection.py")


@pytest.mark.usefixtures("quick_sweeps")
def test_a_hyper_parameter_is_added(copy: Path) -> None:
    said = follow(STEPS["Add a hyper-parameter"], copy)
    assert "1 passed" in said
    with duckdb.connect(str(copy / "decay.duckdb"), read_only=True) as study:
        drawn = {value for (value,) in study.execute("SELECT weight_decay FROM run").fetchall()}
    assert drawn <= {0.0, 0.0001, 0.01}
    assert len(drawn) > 1
    columns = (copy / "decay-site" / "assets" / "data" / "decay.js").read_text(encoding="utf-8")
    assert '"Weight decay"' in columns
    lint(copy, "train/recipe.py", "train/optimizers.py", "tests/train/test_weight_decay.py")


@pytest.mark.usefixtures("quick_sweeps")
def test_a_data_set_is_added(copy: Path) -> None:
    said = follow(STEPS["Add a data set"], copy)
    assert [line.split()[1] for line in said.splitlines() if "│ " in line] == ["stripes"]


def test_a_claim_is_added(copy: Path) -> None:
    follow(STEPS["Add a claim"], copy)
    run(BUILD, copy)
    page = (copy / "site" / "claims.html").read_text(encoding="utf-8")
    assert "Adam reaches better results than RMSProp." in page


def test_every_recipe_is_followed() -> None:
    tests = Path(__file__).read_text(encoding="utf-8")
    assert STEPS
    for heading, steps in STEPS.items():
        assert f'STEPS["{heading}"]' in tests, heading
        assert steps, heading
