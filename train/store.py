"""What a sweep writes into a study: its parameters and data sets, then the runs."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from train.database import SCHEMA, SCHEMA_VERSION, StoreError, next_version, reading, tables
from train.datasets import Dataset
from train.records import BlockResult, RunResult
from train.space import Parameter, Space

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")  # of a study, as build_site accepts it


@dataclass(frozen=True)
class Provenance:
    """One sweep into a study: enough to run it again."""

    space: str
    datasets: dict[str, str]  # name -> SHA-256 of the images
    train_sizes: dict[str, int]
    epochs: int
    seed: int
    trainings: int
    design: str
    replicates: float
    device: str
    versions: dict[str, str]
    started_at: str
    operations_per_image: int | None  # of a training step, floating-point; None if it varies
    peak_operations_per_second: float | None  # of the device at most; None if it is not known


# What two sittings of one sweep may differ in: when they began, and a measured figure.
OF_A_SITTING = ("started_at", "peak_operations_per_second")


def check_name(study: Path) -> None:
    """Refuse a file name that would make no address.

    Raises:
        StoreError: says which characters will do.
    """
    if not NAME.fullmatch(study.stem):
        raise StoreError(
            f"a study cannot be named {study.stem!r}, because its name becomes part of addresses: "
            "name the --out file with letters, digits, - and _ only"
        )


def prepare(study: Path, space: Space, datasets: Sequence[Dataset], provenance: Provenance) -> None:
    """Create the study, or add this sweep's data sets and provenance to one of the same space.

    Raises:
        StoreError: if the study was made from other parameters or images, or cannot be read or
            written.
    """
    check_name(study)
    with next_version(study) as database:
        if not tables(database):
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
    with next_version(study) as database:
        names = [name for name, *_ in _parameters(database)]
        runs = [(result, run) for result in results for run in result.runs]
        points = [(run.run_id, point) for _, run in runs for point in run.curve]
        _insert(database, "run", [_run_row(result, run, names) for result, run in runs])
        _insert(database, "epoch", [[run_id, *asdict(point).values()] for run_id, point in points])


def recorded_epochs(study: Path) -> set[int]:
    """For how many epochs the sweeps into a study were to train; empty if there is none yet.

    Raises:
        StoreError: if it cannot be read as a study.
    """
    if not study.exists():
        return set()
    with reading(study) as database:
        (recorded,) = database.execute("SELECT provenance FROM study").fetchone() or ("[]",)
    return {sweep["epochs"] for sweep in json.loads(recorded)}


def finished_blocks(study: Path) -> set[str]:
    """Ids of the blocks whose runs the study holds."""
    with reading(study) as database:
        rows = database.execute("SELECT DISTINCT block_id FROM run").fetchall()
    return {block_id for (block_id,) in rows}


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
    """Whether a sweep is the continuation of a recorded one."""
    of_then = {name: recorded.get(name) for name in OF_A_SITTING}
    return recorded == {**asdict(provenance), **of_then}


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
