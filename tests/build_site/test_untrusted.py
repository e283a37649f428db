"""A study may come from anyone: it is read, and nothing in it is run."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from studies import Run

from build_site.downloads import write_downloads
from build_site.study import TABLES, StudyError, open_study

WriteStudy = Callable[..., Path]
RUNS = [Run("easy", 0.9), Run("easy", 0.7, "rmsprop"), Run("hard", 0.4)]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that no study may read."""
    file = tmp_path / "secret.csv"
    file.write_text("name\nsecret\n", encoding="utf-8")
    return file


def test_sql_beside_the_files_of_an_exported_study_is_not_run(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    folder, mark = tmp_path / "exported", tmp_path / "mark.csv"
    with duckdb.connect(str(write_study(*RUNS)), read_only=True) as database:
        database.execute(f"EXPORT DATABASE '{folder}' (FORMAT parquet)")
    for name in ("load.sql", "schema.sql"):
        with (folder / name).open("a", encoding="utf-8") as script:
            script.write(f"\nCOPY (SELECT 1) TO '{mark}';\n")
    study = open_study(folder)
    write_downloads(study, tmp_path / "files")
    assert study.database.execute("SELECT count(*) FROM run").fetchone() == (3,)
    assert not mark.exists()


def test_a_view_in_place_of_a_table_is_not_read(write_study: WriteStudy, secret: Path) -> None:
    path = write_study(*RUNS)
    with duckdb.connect(str(path)) as database:
        database.execute("DROP TABLE epoch")
        database.execute(f"CREATE VIEW epoch AS SELECT name AS run_id FROM read_csv('{secret}')")
    with pytest.raises(StudyError, match="has no table epoch"):
        open_study(path)


def test_views_and_macros_beside_the_tables_stay_behind(
    write_study: WriteStudy, secret: Path
) -> None:
    path = write_study(*RUNS)
    with duckdb.connect(str(path)) as database:
        database.execute(f"CREATE VIEW scored AS FROM read_csv('{secret}')")
        database.execute(f"CREATE MACRO lower(x) AS (SELECT any_value(name) FROM '{secret}')")
    study = open_study(path)
    assert study.database.execute("SELECT lower('A')").fetchone() == ("a",)
    known = study.database.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal"
    ).fetchall()
    assert known == []


def test_the_database_of_an_open_study_reaches_no_file(
    write_study: WriteStudy, tmp_path: Path, secret: Path
) -> None:
    database = open_study(write_study(*RUNS)).database
    for query in (
        f"FROM read_csv('{secret}')",
        f"COPY (SELECT 1) TO '{tmp_path / 'new.csv'}'",
        f"ATTACH '{tmp_path / 'new.duckdb'}'",
        "SET enable_external_access = true",
        "INSTALL sqlite",
    ):
        with pytest.raises(duckdb.Error):
            database.execute(query)
    assert not list(tmp_path.glob("new.*"))


def test_a_file_that_needs_an_extension_is_refused_and_none_is_fetched(tmp_path: Path) -> None:
    path = tmp_path / "study.duckdb"
    database = sqlite3.connect(path)
    for table in TABLES:
        database.execute(f"CREATE TABLE {table} (name)")
    database.commit()
    database.close()
    with pytest.raises(StudyError, match="not a valid DuckDB database") as refused:
        open_study(path)
    assert "extension" not in str(refused.value)
