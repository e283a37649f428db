"""A study may come from anyone: it is read, and nothing in it is run."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from studies import Run

from build_site.downloads import write_downloads
from build_site.study import open_study
from build_site.study_tables import TABLES, StudyError, opened, source_tables

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


def test_a_table_of_another_schema_does_not_vouch_for_a_view(
    write_study: WriteStudy, tmp_path: Path, secret: Path
) -> None:
    path = write_study(*RUNS)
    study = open_study(path)
    with duckdb.connect(str(path)) as database:
        database.execute("CREATE SCHEMA decoy; CREATE TABLE decoy.dataset (name VARCHAR)")
        database.execute("CREATE TABLE kept AS FROM dataset; DROP TABLE dataset")
        stolen = f"(SELECT content FROM read_text('{secret}')) AS source"
        database.execute(f"CREATE VIEW dataset AS SELECT * REPLACE ({stolen}) FROM kept")
    with pytest.raises(StudyError, match="has no table dataset"):
        open_study(path)
    with pytest.raises(StudyError, match="has no table dataset"):
        write_downloads(study, tmp_path / "files")


def test_a_column_that_is_computed_by_the_file_is_not_read(write_study: WriteStudy) -> None:
    path = write_study(*RUNS)
    with duckdb.connect(str(path)) as database:
        database.execute("DROP TABLE dataset")
        database.execute(
            "CREATE TABLE dataset (name VARCHAR, label VARCHAR, classes INTEGER, chance DOUBLE, "
            "train_size BIGINT, test_size BIGINT, image_shape INTEGER[], checksum VARCHAR, "
            "source VARCHAR AS (current_setting('temp_directory')))"
        )
    with pytest.raises(StudyError, match="column 'source' of table dataset is computed"):
        open_study(path)


def test_a_database_that_reads_a_study_reaches_no_other_file(
    write_study: WriteStudy, tmp_path: Path, secret: Path
) -> None:
    path, new = write_study(*RUNS), tmp_path / "new.csv"
    folder, mine = tmp_path / "exported", tmp_path / "mine"
    mine.mkdir()
    with duckdb.connect(str(path), read_only=True) as study:
        study.execute(f"EXPORT DATABASE '{folder}' (FORMAT parquet)")
    for place in (path, folder):
        with opened() as database:
            tables = source_tables(database, place, mine)
            assert database.execute(f"SELECT count(*) FROM {tables['run']}").fetchone() == (3,)
            database.execute(f"COPY (SELECT 1) TO '{mine / 'new.csv'}'")
            for query in (
                f"FROM read_csv('{secret}')",
                f"FROM read_blob('{folder / 'load.sql'}')",
                f"COPY (SELECT 1) TO '{new}'",
                f"SET allowed_paths = ['{secret}']",
            ):
                with pytest.raises(duckdb.Error):
                    database.execute(query)
    assert not new.exists()


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


@pytest.mark.parametrize("turning", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_no_text_of_a_study_turns_the_direction_of_what_is_around_it(
    write_study: WriteStudy, turning: str
) -> None:
    path = write_study(*RUNS, title=f"Lea{turning}rning")
    with duckdb.connect(str(path)) as database:
        database.execute(f'ALTER TABLE run RENAME optimizer TO "opti{turning}mizer"')
        database.execute(f"UPDATE run SET \"opti{turning}mizer\" = 'größe{turning}'")
        database.execute(f"UPDATE run SET device = 'c{turning}pu', run_id = run_id || '{turning}'")
        database.execute(
            f"UPDATE parameter SET name = 'opti{turning}mizer', label = '{turning}Optimizer', "
            f"\"values\" = ['größe{turning}'], value_labels = ['{turning}largest'] "
            "WHERE name = 'optimizer'"
        )
        provenance = json.dumps([{f"s{turning}eed": f"{turning}7"}])  # as an escape sequence
        database.execute("UPDATE study SET provenance = ?", [provenance])
    study = open_study(path)
    assert study.title == "Lea\ufffdrning"
    optimizer = study.parameters[0]
    assert (optimizer.name, optimizer.label) == ("opti\ufffdmizer", "\ufffdOptimizer")
    assert (optimizer.values, optimizer.value_labels) == (("größe\ufffd",), ("\ufffdlargest",))
    assert [(fact.name, fact.value) for fact in study.facts] == [("s\ufffdeed", "\ufffd7")]
    for table in TABLES:
        rows = study.database.execute(f"FROM {table}").fetchall()
        assert turning not in json.dumps(rows, ensure_ascii=False, default=str)


def test_letters_that_run_from_right_to_left_stay(write_study: WriteStudy) -> None:
    assert open_study(write_study(*RUNS, title="שלום, naïve 世界")).title == "שלום, naïve 世界"
