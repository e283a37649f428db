"""The study file: created from a space, fed from the journal, exported for git.

The file that others read is never opened for writing: the collector copies it, adds to the copy
and renames it into place. Readers see the old study or the new one, never half of one.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from train.datasets import Dataset
from train.records import BlockResult, RunResult
from train.space import Parameter, Space

SCHEMA = Path(__file__).parent.parent / "data" / "schema.sql"
SCHEMA_VERSION = 1

# Table -> the columns that order its rows in an export, so that the same rows are the same bytes.
TABLES = {
    "study": "name",
    "parameter": "position",
    "dataset": "name",
    "run": "run_id",
    "epoch": "run_id, epoch",
}


class StoreError(RuntimeError):
    """A study file that cannot be read, written or extended."""


@dataclass(frozen=True)
class Provenance:
    """One sweep into a study: enough to run it again."""

    space: str
    datasets: dict[str, str]  # name -> SHA-256 of the images
    train_sizes: dict[str, int]
    epochs: int
    seed: int
    trainings: int
    device: str
    versions: dict[str, str]
    started_at: str


@dataclass(frozen=True)
class DatasetCount:
    """What a study holds on one data set; accuracies are None while nothing has completed."""

    label: str
    completed: int
    diverged: int
    failed: int
    median: float | None
    best: float | None


@dataclass(frozen=True)
class Summary:
    """What a study holds."""

    title: str
    runs: int
    blocks: int
    last_started: str | None
    datasets: tuple[DatasetCount, ...]


def prepare(study: Path, space: Space, datasets: Sequence[Dataset], provenance: Provenance) -> None:
    """Create the study, or add this sweep's data sets and provenance to one of the same space.

    Raises:
        StoreError: if the study was made from other parameters or images, or cannot be read or
            written.
    """
    with _next_version(study) as database:
        if not _tables(database):
            _create(database, study, space)
        elif _parameters(database) != [_recorded(p) for p in space.parameters]:
            raise StoreError(
                f"{study} has other hyper-parameters than space {space.name!r}; "
                "choose another --out or the space it was made from"
            )
        _check_images(database, study, datasets)
        for dataset in datasets:
            database.execute(
                "INSERT OR IGNORE INTO dataset VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    dataset.name,
                    dataset.label,
                    dataset.classes,
                    dataset.chance,
                    len(dataset.y_train),
                    len(dataset.y_test),
                    [32, 32, 3],
                    dataset.source,
                    dataset.checksum,
                ],
            )
        (recorded,) = database.execute("SELECT provenance FROM study").fetchone() or ("[]",)
        sweeps = json.loads(recorded)
        if not any(_same_sweep(sweep, provenance) for sweep in sweeps):
            sweeps.append(asdict(provenance))
            database.execute("UPDATE study SET provenance = ?", [json.dumps(sweeps)])


def collect(study: Path, results: Iterable[BlockResult]) -> None:
    """Add the runs of finished blocks; those the study already has are passed over."""
    with _next_version(study) as database:
        names = [name for name, *_ in _parameters(database)]
        runs = [(result, run) for result in results for run in result.runs]
        points = [(run.run_id, point) for _, run in runs for point in run.curve]
        _insert(database, "run", [_run_row(result, run, names) for result, run in runs])
        _insert(database, "epoch", [[run_id, *asdict(point).values()] for run_id, point in points])


def finished_blocks(study: Path) -> set[str]:
    """Ids of the blocks whose runs the study holds."""
    with _reading(study) as database:
        rows = database.execute("SELECT DISTINCT block_id FROM run").fetchall()
    return {block_id for (block_id,) in rows}


def summarise(study: Path) -> Summary:
    """Count what the study holds, data set by data set.

    Raises:
        StoreError: if it cannot be read as a study.
    """
    with _reading(study) as database:
        (title,) = database.execute("SELECT title FROM study").fetchone() or ("",)
        totals = database.execute(
            "SELECT count(*), count(DISTINCT block_id), max(started_at)::VARCHAR FROM run"
        ).fetchone()
        rows = database.execute(
            """
            SELECT label,
                   count(*) FILTER (status = 'completed'),
                   count(*) FILTER (status = 'diverged'),
                   count(*) FILTER (status = 'failed'),
                   median(test_accuracy),
                   max(test_accuracy)
            FROM run JOIN dataset ON run.dataset = dataset.name
            GROUP BY dataset.name, label
            ORDER BY median(test_accuracy) DESC
            """
        ).fetchall()
    runs, blocks, last = totals or (0, 0, None)
    return Summary(title, runs, blocks, last, tuple(DatasetCount(*row) for row in rows))


def export(study: Path, folder: Path) -> None:
    """Write each table as a Parquet file in `folder`: the same rows give the same bytes.

    The folder appears whole or not at all; an earlier export that is there is replaced.

    Raises:
        StoreError: if the study cannot be read, the folder cannot be written, or it holds anything
            but an earlier export.
    """
    folder = folder.resolve()  # "." has no name that another could be put beside
    _check_replaceable(folder)
    beside = folder.with_name(folder.name + ".next")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True)
        with _reading(study) as database:
            database.execute("SET threads = 1")  # the order of row groups must not vary
            for table, order in TABLES.items():
                target = str(beside / f"{table}.parquet").replace("'", "''")
                database.execute(
                    f"COPY (FROM {table} ORDER BY {order}) TO '{target}' "
                    "(FORMAT parquet, COMPRESSION zstd)"
                )
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)
    except OSError as error:
        raise StoreError(f"cannot write {folder}: {error.strerror}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _check_replaceable(folder: Path) -> None:
    """Refuse a folder whose replacement would delete more than an earlier export."""
    exported = {f"{table}.parquet" for table in TABLES}
    if folder.is_dir() and not {entry.name for entry in folder.iterdir()} <= exported:
        raise StoreError(f"{folder} holds more than an exported study; choose another folder")


def _check_images(
    database: duckdb.DuckDBPyConnection, study: Path, datasets: Sequence[Dataset]
) -> None:
    """Refuse other images under a name that the study has: their results would be mixed."""
    held = dict(database.execute("SELECT name, checksum FROM dataset").fetchall())
    for dataset in datasets:
        if held.get(dataset.name, dataset.checksum) != dataset.checksum:
            raise StoreError(
                f"{study} has results on other images named {dataset.name!r}; "
                "choose another --out or another name"
            )


def _same_sweep(recorded: dict[str, object], provenance: Provenance) -> bool:
    """Whether a sweep is the continuation of a recorded one: all but its start is the same."""
    return recorded == {**asdict(provenance), "started_at": recorded["started_at"]}


def _create(database: duckdb.DuckDBPyConnection, study: Path, space: Space) -> None:
    database.execute(SCHEMA.read_text(encoding="utf-8"))
    for position, p in enumerate(space.parameters):
        name, kind, values = _recorded(p)
        database.execute(f'ALTER TABLE run ADD COLUMN "{name}" {kind}')
        database.execute(
            "INSERT INTO parameter VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                position,
                p.name,
                p.label,
                p.kind,
                p.scale,
                values,
                list(p.value_labels) or None,
                None if p.default is None else str(p.default),
                p.description,
            ],
        )
    database.execute(
        "INSERT INTO study VALUES (?, ?, ?, ?, 'test_accuracy', 'Test accuracy', 'maximize', "
        "?, '[]')",
        [
            SCHEMA_VERSION,
            study.stem,
            space.title,
            space.description,
            datetime.now(UTC).replace(tzinfo=None),
        ],
    )


def _recorded(parameter: Parameter) -> tuple[str, str, list[str] | None]:
    """Name and SQL type of the column of run that holds a parameter, and the values it takes."""
    return parameter.name, _column_type(parameter), [str(v) for v in parameter.values] or None


def _column_type(parameter: Parameter) -> str:
    if parameter.bounds is not None:
        return "DOUBLE"
    if all(isinstance(value, int) for value in parameter.values):
        return "BIGINT"
    if all(isinstance(value, int | float) for value in parameter.values):
        return "DOUBLE"
    return "VARCHAR"


def _parameters(database: duckdb.DuckDBPyConnection) -> list[tuple[str, str, list[str] | None]]:
    """What `_recorded` says of each parameter of the study, in order."""
    return database.execute(
        """
        SELECT name, data_type, "values"
        FROM duckdb_columns() JOIN parameter ON column_name = name
        WHERE table_name = 'run'
        ORDER BY position
        """
    ).fetchall()


def _insert(
    database: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]
) -> None:
    """Add rows whose key is new; by columns, hundreds of times as fast as a statement a row."""
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        unnested = ", ".join(["unnest(?)"] * len(columns))
        database.execute(f"INSERT OR IGNORE INTO {table} SELECT {unnested}", columns)


def _run_row(result: BlockResult, run: RunResult, parameters: list[str]) -> list[object]:
    return [
        run.run_id,
        run.config_id,
        result.dataset,
        run.seed,
        run.status,
        run.test_accuracy,
        run.validation_accuracy,
        run.train_accuracy,
        run.train_loss,
        len(run.curve),
        result.seconds / len(result.runs),
        result.device,
        result.block_id,
        result.code_version,
        result.started_at,
        *(getattr(run.recipe, name) for name in parameters),
    ]


def _tables(database: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for (name,) in database.execute("SHOW TABLES").fetchall()]


@contextmanager
def _reading(study: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    if not study.is_file():
        raise StoreError(f"there is no study {study}")
    try:
        with duckdb.connect(str(study), read_only=True) as database:
            _check_version(database, study)
            yield database
    except duckdb.Error as error:
        raise StoreError(f"cannot read {study}: {_first_line(error)}") from error


@contextmanager
def _next_version(study: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the study, open for writing; it takes the study's place if all goes well."""
    beside = study.with_name(study.name + ".next")
    try:
        _remove(beside)
        if study.exists():
            shutil.copyfile(study, beside)
        with duckdb.connect(str(beside)) as database:
            if _tables(database):
                _check_version(database, study)
            database.begin()
            yield database
            database.commit()
            database.execute("CHECKPOINT")
        _sync(beside)
        beside.replace(study)
    except duckdb.Error as error:
        raise StoreError(f"cannot write {study}: {_first_line(error)}") from error
    except OSError as error:
        raise StoreError(f"cannot write {study}: {error.strerror}") from error
    finally:
        _remove(beside)


def _remove(database_file: Path) -> None:
    """Delete a database and its write-ahead log, which would be replayed into the next one."""
    database_file.unlink(missing_ok=True)
    database_file.with_name(database_file.name + ".wal").unlink(missing_ok=True)


def _check_version(database: duckdb.DuckDBPyConnection, study: Path) -> None:
    if "study" not in _tables(database):
        raise StoreError(f"{study} is a DuckDB file but no study")
    (version,) = database.execute("SELECT schema_version FROM study").fetchone() or (None,)
    if version != SCHEMA_VERSION:
        raise StoreError(
            f"{study} has schema version {version}, this program knows {SCHEMA_VERSION}; "
            "use the version of Hyperatlas that made it"
        )


def _sync(path: Path) -> None:
    """Wait until the file's content is on disk, so that a rename cannot outrun it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
