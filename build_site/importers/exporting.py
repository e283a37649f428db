"""A study file as a folder of Parquet files, as `python -m train export` writes them."""

from pathlib import Path

import duckdb

# The order of the rows, so that the same rows are the same bytes.
TABLES = {
    "study": "name",
    "parameter": "position, name",
    "dataset": "name",
    "run": "run_id",
    "epoch": "run_id, epoch",
}
FILES = frozenset({"schema.sql", "load.sql", *(f"{table}.parquet" for table in TABLES)})


def export_study(study: Path, folder: Path) -> None:
    """Write the new folder; inside it, IMPORT DATABASE '.' makes the study file again."""
    folder.mkdir()
    with duckdb.connect(str(study), read_only=True, config={"threads": "1"}) as database:
        for table, order in TABLES.items():
            target = str(folder / f"{table}.parquet").replace("'", "''")
            database.execute(
                f"COPY (FROM {table} ORDER BY {order}) TO '{target}' "
                "(FORMAT parquet, COMPRESSION zstd)"
            )
        tables = "SELECT table_name, sql FROM duckdb_tables()"
        statements = dict(database.execute(tables).fetchall())
    schema = "".join(f"{statements[table]}\n" for table in TABLES)
    load = "".join(f"COPY {table} FROM '{table}.parquet' (FORMAT parquet);\n" for table in TABLES)
    (folder / "schema.sql").write_text(schema, encoding="utf-8")
    (folder / "load.sql").write_text(load, encoding="utf-8")
