"""What build_site accepts as a study, and what it says about everything else."""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from studies import Run

from build_site.downloads import write_downloads
from build_site.study import TABLES, StudyError, open_study

WriteStudy = Callable[..., Path]


def test_study_file_is_opened_with_its_parameters_in_order(write_study: WriteStudy) -> None:
    study = open_study(write_study(Run(), Run(dataset="hard")))
    assert (study.name, study.title, study.direction) == ("tiny", "A tiny study", "maximize")
    assert [parameter.name for parameter in study.parameters] == ["optimizer", "learning_rate"]
    assert study.database.execute("SELECT count(*) FROM run").fetchone() == (2,)


def test_what_all_sittings_of_a_sweep_agree_on_is_told_once(write_study: WriteStudy) -> None:
    file = write_study(Run())
    sittings = [
        {"seed": 1, "peak": 470820859869.39, "versions": {"torch": "2.15", "python": "3.11"}},
        {"seed": 1, "started_at": "monday", "versions": {"torch": "2.16", "python": "3.11"}},
    ]
    with duckdb.connect(str(file)) as database:
        database.execute("UPDATE study SET provenance = ?", [json.dumps(sittings)])
    assert [(fact.name, fact.value) for fact in open_study(file).facts] == [
        ("seed", "1"),
        ("peak", "470,820,859,869"),
        ("versions", "torch 2.15, 2.16; python 3.11"),
        ("started at", "monday"),
    ]


def test_folder_of_parquet_files_is_the_same_study(write_study: WriteStudy, tmp_path: Path) -> None:
    file = write_study(Run(accuracy=0.25), Run(accuracy=0.75))
    folder = tmp_path / "exported"
    folder.mkdir()
    with duckdb.connect(str(file)) as database:
        for table in TABLES:
            database.execute(f"COPY {table} TO '{folder / table}.parquet'")
    from_file, from_folder = open_study(file), open_study(folder)
    assert from_folder.parameters == from_file.parameters
    for table in TABLES:
        rows = [s.database.execute(f"FROM {table}").fetchall() for s in (from_file, from_folder)]
        assert rows[0] == rows[1]


def test_name_of_a_folder_is_no_pattern_for_those_beside_it(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    file = write_study(Run(accuracy=0.25), Run(accuracy=0.75))
    for name, runs in (("sweep*", 1), ("sweep[1]", 1), ("sweep1", 2)):
        folder = tmp_path / name
        folder.mkdir()
        with duckdb.connect(str(file)) as database:
            for table in TABLES:
                rows = f"FROM {table} LIMIT {runs if table == 'run' else 1_000}"
                database.execute(f"COPY ({rows}) TO '{folder / table}.parquet'")
    for name in ("sweep*", "sweep[1]"):
        study = open_study(tmp_path / name)
        assert study.database.execute("SELECT count(*) FROM run").fetchone() == (1,)
        run, *_ = (
            each
            for each in write_downloads(study, tmp_path / f"{name}-files")
            if each.name == "run.parquet"
        )
        assert run.rows == 1


def test_name_of_a_folder_on_the_way_is_no_value_of_its_rows(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    file, folder = write_study(Run()), tmp_path / "seed=7" / "dataset=hard" / "sweep"
    folder.mkdir(parents=True)
    with duckdb.connect(str(file)) as database:
        database.execute("UPDATE run SET seed = 1")
        for table in TABLES:
            database.execute(f"COPY {table} TO '{folder / table}.parquet'")
    study = open_study(folder)
    assert study.database.execute("SELECT seed, dataset FROM run").fetchall() == [(1, "easy")]
    write_downloads(study, tmp_path / "files")
    kept = duckdb.execute(f"SELECT seed, dataset FROM '{tmp_path / 'files' / 'run.parquet'}'")
    assert kept.fetchall() == [(1, "easy")]


def test_opening_leaves_the_file_as_it_was(write_study: WriteStudy) -> None:
    path = write_study(Run())
    before = path.read_bytes()
    open_study(path)
    assert path.read_bytes() == before


def test_column_that_may_be_missing_reads_as_null(write_study: WriteStudy) -> None:
    path = write_study(Run())
    _change(path, "ALTER TABLE run DROP COLUMN seconds")
    assert open_study(path).database.execute("SELECT seconds FROM run").fetchall() == [(None,)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("DROP TABLE epoch", "has no table epoch, so it is no study"),
        ("ALTER TABLE study DROP COLUMN metric", "has no column metric in its table study"),
        ("ALTER TABLE run DROP COLUMN config_id", "has no column config_id in its table run"),
        (
            "ALTER TABLE run ALTER seed TYPE VARCHAR",
            "column seed of table run is VARCHAR, not BIGINT",
        ),
        ("DELETE FROM study", "describes 0 studies"),
        (
            "UPDATE parameter SET value_labels = ['Adam', NULL, 'SGD'] WHERE name = 'optimizer'",
            "'optimizer' needs a different label for each value",
        ),
        ("UPDATE dataset SET label = NULL", "NOT NULL constraint failed"),
        ("INSERT INTO dataset FROM dataset", "duplicate key"),
        ("UPDATE parameter SET label = 'Same'", "two parameters have the label 'Same'"),
        ("UPDATE study SET provenance = 'a note'", "provenance of its table study is not JSON"),
        ("UPDATE study SET schema_version = 2", "has schema version 2, but this program reads"),
        ("UPDATE study SET metric = 'recall'", "its metric 'recall' is no column of table run"),
        ("UPDATE study SET name = '../../etc'", "a name has letters, digits, - and _ only"),
        ("UPDATE study SET name = repeat('a', 65)", "and at most 64 of them"),
        ("UPDATE study SET name = 'Con'", "'Con', which Windows keeps for a device; rename"),
        ("UPDATE study SET name = 'lpt9'", "'lpt9', which Windows keeps for a device; rename"),
        (
            "ALTER TABLE run DROP COLUMN optimizer",
            "parameter 'optimizer' is no column of table run",
        ),
        ("UPDATE run SET optimizer = 'lion'", "has optimizer = 'lion', which table parameter does"),
        ("UPDATE run SET dataset = 'svhn'", "has data set 'svhn', which table dataset does not"),
        ("UPDATE run SET dataset = 'a{0}b'", "has data set 'a{0}b', which table dataset does not"),
        (
            "UPDATE parameter SET value_labels = ['Adam'] WHERE name = 'optimizer'",
            "'optimizer' needs a different label for each value",
        ),
    ],
)
def test_broken_contract_is_one_sentence(
    write_study: WriteStudy, change: str, sentence: str
) -> None:
    path = write_study(Run())
    _change(path, change)
    with pytest.raises(StudyError) as caught:
        open_study(path)
    assert sentence in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_study(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="there is no study"):
        open_study(tmp_path / "nowhere.duckdb")


def test_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "picture.duckdb"
    path.write_bytes(b"\x89PNG not a database" * 500)
    with pytest.raises(StudyError, match="cannot be read as a study"):
        open_study(path)


def test_truncated_file(write_study: WriteStudy) -> None:
    path = write_study(Run())
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(StudyError, match="cannot be read as a study"):
        open_study(path)


def test_folder_without_a_table(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"has no study\.parquet, so it is no exported study"):
        open_study(tmp_path)


def test_view_in_a_study_cannot_read_files(write_study: WriteStudy, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("run_id\nstolen\n", encoding="utf-8")
    path = write_study(Run())
    _change(path, f"DROP TABLE epoch; CREATE VIEW epoch AS FROM read_csv('{secret}')")
    with pytest.raises(StudyError, match="has no table epoch"):
        open_study(path)


def test_constraints_of_the_contract_hold_for_a_folder_too(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    path = write_study(Run())
    with duckdb.connect(str(path)) as database:
        for table in TABLES:
            changed = "* REPLACE ('best' AS direction)" if table == "study" else "*"
            database.execute(
                f"COPY (SELECT {changed} FROM {table}) TO '{tmp_path / table}.parquet'"
            )
    with pytest.raises(StudyError, match="CHECK constraint failed"):
        open_study(tmp_path)


def _change(path: Path, statement: str) -> None:
    """Change a study as someone would who does not know its constraints."""
    with duckdb.connect(str(path)) as database:
        for table in TABLES:
            database.execute(f"CREATE TABLE free AS FROM {table}; DROP TABLE {table}")
            database.execute(f"ALTER TABLE free RENAME TO {table}")
        database.execute(statement)
