"""What was imported becomes a site: its name, its files, and what the pages say of it."""

from pathlib import Path

import pytest
from import_corpus import PLAIN
from importing import imported, succeed
from sweep_table import ROWS, write_sweep_table

from build_site.findings import Findings
from build_site.study import open_study
from build_site.views import home


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_sweep_table(tmp_path / "sweep.csv")


@pytest.mark.parametrize("name", ["assets", "Import", "downloads"])
def test_study_gets_a_name_that_the_site_has_no_folder_of(
    name: str, table: Path, tmp_path: Path
) -> None:
    study = imported(tmp_path / f"{name}.duckdb", table)
    assert study.study["name"] == f"{name.lower()}_study"


def test_what_is_left_out_is_counted_and_shown_on_the_site(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "0.1,done,0.5\n0.2,running,0.6\n0.3,done,\n0.4,done,nan\n0.5,failed,\n0.6,done,0.7\n"
    table.write_text(f"lr,status,accuracy\n{rows}", encoding="utf-8")
    study = imported(tmp_path / "s.duckdb", table)
    assert study.column("status") == ["completed", "diverged", "failed", "completed"]
    assert "4 runs, of which 1 failed and 1 diverged." in study.said
    assert study.provenance["left out"] == {
        "unfinished (running)": 1,
        "without a value of the metric": 1,
    }
    (page,) = home.pages(Findings(open_study(tmp_path / "s.duckdb")))
    assert (
        "Of 6 rows 2 are left out: 1 unfinished (running), 1 without a value of the metric."
        in page.markdown
    )


def test_folder_is_an_export_with_the_same_bytes_each_time(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    contents = []
    for name in ("a", "b"):
        imported(tmp_path / name / "sweep", table)
        files = sorted((tmp_path / name / "sweep").iterdir())
        contents.append({file.name: file.read_bytes() for file in files})
    assert contents[0] == contents[1]
    assert "load.sql" in contents[0]
    assert Findings(open_study(tmp_path / "a" / "sweep")).runs == ROWS


def test_files_are_shown_at_once_beside_studies(tmp_path: Path) -> None:
    table = tmp_path / "sweep.csv"
    table.write_text(PLAIN, encoding="utf-8")  # of few columns, so few pages
    imported(tmp_path / "first.duckdb", table)
    succeed("--out", tmp_path / "site", "--study", tmp_path / "first.duckdb", table)
    for page in ("index.html", "first/overview.html", "sweep/overview.html"):
        assert (tmp_path / "site" / page).is_file(), page


def test_minimized_metric_turns_the_site_around(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "".join(f"{n % 10},{['a', 'b'][n % 2]},{1 + n / 10}\n" for n in range(40))
    table.write_text(f"width,optimizer,val_loss\n{rows}", encoding="utf-8")
    imported(tmp_path / "s.duckdb", table)
    (page,) = home.pages(Findings(open_study(tmp_path / "s.duckdb")))
    best = page.markdown[page.markdown.index('id="for-your-data-set"') :]
    assert "<strong>1.000</strong>" in best[:800] or "<strong>1</strong>" in best[:800]
