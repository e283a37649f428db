"""What becomes of the rows: which are runs, how these ended, and which are left out and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from build_site.importers import vocabulary
from build_site.importers.columns import ImportRefusal
from build_site.importers.described import Table, listed
from build_site.importers.mapping import FILE, Mapping
from build_site.rendering import counted

PERCENT = 100


@dataclass(frozen=True)
class Outcome:
    """What came of the rows: how many are runs, and how many were left out for which reason.

    `failed` and `diverged` are among the runs.
    """

    rows: int
    runs: int
    failed: int
    diverged: int
    left_out: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]


def judge(table: Table, mapping: Mapping) -> Outcome:
    """Create table judged: what becomes of each row.

    Raises:
        ImportRefusal: if the status column has words that are not understood.
    """
    database, gathered = table.staging.database, table.gathered
    dataset = "'all'"
    if mapping.dataset == FILE:
        dataset = "file::VARCHAR"
    elif mapping.dataset:
        dataset = f"given({gathered.place(mapping.dataset)})"
    text = {
        name: gathered.place(column) if column else "NULL::VARCHAR"
        for name, column in (
            ("run", mapping.run),
            ("seed", mapping.seed),
            ("seconds", mapping.cost),
            ("epoch", mapping.epoch),
            ("metric", mapping.metric.column),
            ("status", mapping.status),
        )
    }
    database.execute(
        f"CREATE VIEW named AS SELECT row, file, {dataset} AS dataset, "
        f"{text['run']} AS run, {text['metric']} AS metric, "
        f"{text['status']} AS status, whole({text['seed']}) AS seed, "
        f"span({text['seconds']}) AS seconds, finite({text['epoch']}) AS epoch FROM raw"
    )
    database.execute("CREATE VIEW chosen AS FROM named")
    database.execute("CREATE TABLE dropped (row BIGINT, reason VARCHAR)")
    notes = _settle_ids(table, mapping) if mapping.run else ()
    _understand_statuses(table, mapping)
    database.execute(
        _sql("judged"),
        {
            "missing": mapping.metric.missing,
            "unit": float(PERCENT if mapping.metric.percent else 1),
        },
    )
    return _outcome(database, gathered.rows, (*notes, *_notes(table, mapping)))


def _notes(table: Table, mapping: Mapping) -> Iterator[str]:
    """What was done to values, and what may be misunderstood."""
    for parameter in mapping.parameters:
        profile = table.profiles[parameter.column]
        if parameter.type != "VARCHAR" and profile.others > 0:
            one = profile.others == 1
            yield (
                f"{counted(profile.others, 'value')} of column {parameter.column!r} that "
                f"{'is no number counts' if one else 'are no numbers count'} as missing"
            )
    for column in table.gathered.columns:
        if column.unit and column.name in mapping.columns:
            yield f"column {column.name!r} is in {column.unit}"
    if mapping.epoch and not mapping.run and table.profiles[mapping.epoch].different > 1:
        yield (
            f"rows differ in {mapping.epoch!r}, and no column says which are of one run, so each "
            "is a run; say --run with the column that names runs"
        )


def _settle_ids(table: Table, mapping: Mapping) -> tuple[str, ...]:
    """Drop rows that stand for the same run; if ids still repeat, rows are numbered instead."""
    database = table.staging.database
    if _ids_differ(database):
        return ()
    if mapping.epoch:
        database.execute(_sql("other_epochs"))
    else:
        listed_columns = ", ".join(f"c{place}" for place in range(len(table.gathered.columns)))
        database.execute(
            "INSERT INTO dropped SELECT row, 'the same as another row' FROM raw "
            f"QUALIFY row_number() OVER (PARTITION BY {listed_columns} ORDER BY row) > 1"
        )
    if _ids_differ(database):
        return ()
    database.execute(
        "CREATE OR REPLACE VIEW chosen AS SELECT * REPLACE (NULL::VARCHAR AS run) FROM named"
    )
    return (f"ids in column {mapping.run!r} repeat, so runs are numbered",)


def _ids_differ(database: duckdb.DuckDBPyConnection) -> bool:
    counted = database.execute(
        "SELECT count(*), count(DISTINCT (file, run)), count(run) FROM chosen "
        "WHERE row NOT IN (SELECT row FROM dropped)"
    ).fetchone() or (0, 0, 0)
    return bool(counted[0] == counted[1] == counted[2])


def _understand_statuses(table: Table, mapping: Mapping) -> None:
    """Create table word: what each word of the status column means.

    Raises:
        ImportRefusal: if a word is not known.
    """
    database = table.staging.database
    said = dict(mapping.words)
    rows = database.execute(
        "SELECT DISTINCT status FROM chosen WHERE status IS NOT NULL ORDER BY status"
    ).fetchall()
    found = {word: said.get(word, vocabulary.verdict(word)) for (word,) in rows}
    unknown = [word for word, verdict in found.items() if verdict is None]
    if unknown:
        raise ImportRefusal(
            f"column {mapping.status!r} has words that are not understood, {listed(unknown)}; list "
            "them under [status] in a map, as completed, diverged, failed or unfinished, or say "
            "--status '' if it tells something else"
        )
    database.execute("CREATE TABLE word (status VARCHAR, verdict VARCHAR)")
    if found:
        database.execute(
            "INSERT INTO word SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[])",
            [list(found), list(found.values())],
        )


def _outcome(database: duckdb.DuckDBPyConnection, rows: int, notes: tuple[str, ...]) -> Outcome:
    left_out = database.execute(
        "SELECT reason, count(*) AS n FROM judged WHERE reason IS NOT NULL "
        "GROUP BY reason ORDER BY n DESC, reason"
    ).fetchall()
    missing = sum(count for _, count in left_out)
    verdicts = dict(
        database.execute("SELECT verdict, count(*) FROM judged GROUP BY verdict").fetchall()
    )
    return Outcome(
        rows,
        rows - missing,
        verdicts.get("failed", 0),
        verdicts.get("diverged", 0),
        tuple(left_out),
        notes,
    )


def ended(outcome: Outcome) -> str:
    """One sentence on how many runs there are, and how many of them ended badly."""
    ends = ((outcome.failed, "failed"), (outcome.diverged, "diverged"))
    bad = " and ".join(f"{count:,} {how}" for count, how in ends if count > 0)
    runs = counted(outcome.runs, "run")
    return f"{runs}, of which {bad}." if bad else f"{runs}."


def left_out(outcome: Outcome) -> str:
    """One sentence on the rows that are no runs."""
    count = sum(n for _, n in outcome.left_out)
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in outcome.left_out)
    return (
        f"Of {outcome.rows:,} rows {count:,} {'is' if count == 1 else 'are'} left out: {reasons}."
    )


def _sql(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
