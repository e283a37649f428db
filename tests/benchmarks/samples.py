"""Studies of any size to measure with: resampled from the shipped one, or NAS-Bench-201."""

from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "data" / "schema.sql"
SHIPPED = ROOT / "data" / "cnn"
NASBENCH = ROOT.parent / "shared" / "studies" / "nasbench201.csv.gz"
CURVES_UP_TO = 100_000  # runs; a million would be eight million points


def resampled(count: int, folder: Path) -> Path:
    """A study of `count` runs drawn from the shipped one."""
    original, path = folder / "original.duckdb", folder / f"resampled-{count}.duckdb"
    if not original.exists():
        with duckdb.connect(str(original)) as database:
            database.execute(f"IMPORT DATABASE '{SHIPPED}'")
    with duckdb.connect(str(path)) as database:
        database.execute(SCHEMA.read_text(encoding="utf-8"))
        database.execute(f"ATTACH '{original}' AS original (READ_ONLY)")
        for name, kind in database.execute(
            "SELECT column_name, data_type FROM duckdb_columns() "
            "JOIN original.parameter ON column_name = name "
            "WHERE database_name = 'original' AND table_name = 'run' ORDER BY position"
        ).fetchall():
            database.execute(f'ALTER TABLE run ADD COLUMN "{name}" {kind}')
        _run(database, "resampled", count)
        if count <= CURVES_UP_TO:
            database.execute(_sql("curves"))
    return path


def nasbench(count: int, folder: Path) -> Path:
    """A study of `count` runs of NAS-Bench-201, from the table at NASBENCH."""
    path = folder / f"nasbench-{count}.duckdb"
    with duckdb.connect(str(path)) as database:
        database.execute(SCHEMA.read_text(encoding="utf-8"))
        for place in range(6):
            database.execute(f"ALTER TABLE run ADD COLUMN Op{place} VARCHAR")
        database.execute(f"CREATE TEMP TABLE cells AS FROM '{NASBENCH}'")
        _run(database, "nasbench", count)
    return path


def _run(database: duckdb.DuckDBPyConnection, name: str, count: int) -> None:
    *before, last = [part for part in _sql(name).split(";\n") if part.strip()]
    for statement in before:
        database.execute(statement)
    database.execute(last, {"count": count})


def _sql(name: str) -> str:
    return (Path(__file__).parent / "studies" / f"{name}.sql").read_text(encoding="utf-8")
