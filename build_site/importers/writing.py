"""Write the study that a mapping describes: the tables of schema.sql, from table raw."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePath

import duckdb

from build_site.importers.columns import ImportRefusal
from build_site.importers.described import Table, listed
from build_site.importers.inference import OTHER
from build_site.importers.judging import Outcome, judge, left_out
from build_site.importers.mapping import (
    FILE,
    DatasetMap,
    Mapping,
    ParameterMap,
    identifiers,
    short,
    slug,
)
from build_site.importers.roles import MOST_DATASETS
from build_site.importers.unused import CONSTANT
from build_site.study import SCHEMA, SCHEMA_VERSION, quoted


def write_study(table: Table, mapping: Mapping, path: Path, format_title: str) -> Outcome:
    """Write a new study file.

    Raises:
        ImportRefusal: if the mapping does not fit the rows.
    """
    database = table.staging.database
    outcome = judge(table, mapping)
    if outcome.runs == 0:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in outcome.left_out)
        raise ImportRefusal(f"no row is a run that ended: {reasons or 'there are no rows'}")
    datasets = _datasets(table, mapping)
    columns = identifiers([mapping.metric.label, *(p.label for p in mapping.parameters)])
    location = str(path).replace("'", "''")
    database.execute(f"ATTACH '{location}' AS target")
    try:
        database.execute("BEGIN")
        database.execute("USE target")
        database.execute(SCHEMA.read_text(encoding="utf-8"))
        database.execute("USE memory")
        _write_runs(table, mapping, columns)
        _write_parameters(database, mapping.parameters, columns[1:])
        _write_datasets(database, datasets)
        _write_about(table, mapping, columns[0], outcome, format_title)
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    finally:
        database.execute("USE memory")
        database.execute("DETACH target")
    return outcome


def _datasets(table: Table, mapping: Mapping) -> tuple[DatasetMap, ...]:
    """Every data set of the runs; creates table place_of (text, name)."""
    database = table.staging.database
    rows = database.execute(
        "SELECT dataset FROM judged WHERE verdict IS NOT NULL GROUP BY dataset "
        "ORDER BY TRY_CAST(dataset AS DOUBLE), dataset"
    ).fetchall()
    texts = [text for (text,) in rows]
    if len(texts) > MOST_DATASETS:
        raise ImportRefusal(
            f"column {mapping.dataset!r} has {len(texts):,} values, too many for data sets; say "
            "--dataset with another column, or with nothing (--dataset '')"
        )
    labels = [_dataset_label(table, mapping, text) for text in texts]
    names = identifiers(labels, taken=())
    described = {each.name: each for each in mapping.datasets}
    _check_described(table, mapping, described)
    found = []
    for text, name, label in zip(texts, names, labels, strict=True):
        known = described.get(label, described.get(text))
        plain = DatasetMap(name, short(label)) if known is None else replace(known, name=name)
        found.append(plain)
    database.execute(
        "CREATE TABLE place_of AS SELECT unnest($1::VARCHAR[]) AS text, "
        "unnest($2::VARCHAR[]) AS name",
        [texts, names],
    )
    return tuple(found)


def _check_described(table: Table, mapping: Mapping, described: Iterable[str]) -> None:
    """Refuse a description of a data set that no row is of.

    Raises:
        ImportRefusal: naming it, and those that there are.
    """
    rows = table.staging.database.execute(
        "SELECT DISTINCT dataset FROM judged WHERE dataset IS NOT NULL ORDER BY dataset"
    ).fetchall()
    texts = [text for (text,) in rows]
    found = [_dataset_label(table, mapping, text) for text in texts]
    for name in described:
        if name not in {*texts, *found}:
            raise ImportRefusal(
                f"the map describes the data set {name!r}, of which there is no row; there are "
                f"{listed(found)}"
            )


def _dataset_label(table: Table, mapping: Mapping, text: str) -> str:
    if mapping.dataset == FILE:
        return PurePath(table.gathered.files[int(text)]).name.split(".")[0] or text
    return text if mapping.dataset else mapping.title


def _write_runs(table: Table, mapping: Mapping, columns: Sequence[str]) -> None:
    database, gathered = table.staging.database, table.gathered
    values = [
        _value(parameter, gathered.place(parameter.column)) for parameter in mapping.parameters
    ]
    for name, kind in zip(columns, ["DOUBLE", *(p.type for p in mapping.parameters)], strict=True):
        database.execute(f"ALTER TABLE target.run ADD COLUMN {quoted(name)} {kind}")
    listed_values = ", ".join(
        f"{value} AS {quoted(name)}" for value, name in zip(values, columns[1:], strict=True)
    )
    hashed = ", ".join(f"coalesce({value}::VARCHAR, '\x1f')" for value in values)
    many = len(gathered.files) > 1
    # Numbers of one length in hexadecimal are what pages carry most cheaply.
    digits = max(8, 2 * ((len(f"{gathered.rows:x}") + 1) // 2))
    own = "printf('%s-%s', $files[judged.file + 1], judged.run)" if many else "judged.run"
    database.execute(
        "INSERT INTO target.run BY NAME "
        f"SELECT CASE WHEN judged.run IS NULL THEN printf('%0{digits}x', judged.row) "
        f"ELSE {own} END AS run_id, "
        f"left(md5(concat_ws('\x1e', {hashed})), 16) AS config_id, place_of.name AS dataset, "
        "judged.seed, judged.verdict AS status, "
        "TRY_CAST(judged.epoch AS INTEGER) AS epochs, "
        "CASE WHEN isfinite(judged.seconds) THEN judged.seconds END AS seconds, "
        f"judged.measured AS {quoted(columns[0])}, {listed_values} "
        "FROM judged JOIN raw USING (row) "
        "JOIN place_of ON place_of.text = judged.dataset "
        "WHERE judged.verdict IS NOT NULL ORDER BY judged.row",
        {"files": [_stem(file) for file in gathered.files]} if many else {},
    )


def _stem(file: str) -> str:
    return slug(PurePath(file).name.split(".")[0]) or "file"


def _value(parameter: ParameterMap, place: str) -> str:
    """SQL of a parameter's value, of its type."""
    if parameter.type != "VARCHAR":
        return f"finite({place})::{parameter.type}"
    if OTHER not in parameter.values:
        return f"given({place})"
    known = ", ".join("'" + v.replace("'", "''") + "'" for v in parameter.values)
    given = f"given({place})"
    return f"CASE WHEN {given} IN ({known}) OR {given} IS NULL THEN {given} ELSE '{OTHER}' END"


def _write_parameters(
    database: duckdb.DuckDBPyConnection, parameters: Sequence[ParameterMap], columns: Sequence[str]
) -> None:
    for position, (parameter, name) in enumerate(zip(parameters, columns, strict=True)):
        labels = _value_labels(parameter.values)
        database.execute(
            "INSERT INTO target.parameter VALUES (?, ?, ?, ?, ?, ?::VARCHAR[], ?::VARCHAR[], ?, ?)",
            [
                position,
                name,
                parameter.label,
                parameter.kind,
                parameter.scale,
                None if parameter.kind == "numeric" else list(parameter.values),
                None if labels == list(parameter.values) else labels,
                parameter.default,
                parameter.description,
            ],
        )


def _value_labels(values: Sequence[str]) -> list[str]:
    labels: list[str] = []
    for value in values:
        plain = short(" ".join(value.split()), 72)
        labels.append(plain if plain not in labels else f"{plain} ({len(labels) + 1})")
    return labels


def _write_datasets(database: duckdb.DuckDBPyConnection, datasets: Sequence[DatasetMap]) -> None:
    shown: list[str] = []
    for each in datasets:
        label = each.label if each.label not in shown else f"{each.label} ({len(shown) + 1})"
        shown.append(label)
        database.execute(
            "INSERT INTO target.dataset VALUES (?, ?, ?, ?, ?, ?, NULL, ?, NULL)",
            [
                each.name,
                label,
                each.classes,
                each.chance,
                each.train_size,
                each.test_size,
                each.source,
            ],
        )


def _write_about(
    table: Table, mapping: Mapping, metric: str, outcome: Outcome, format_title: str
) -> None:
    files = [PurePath(file).name for file in table.gathered.files]
    recorded: dict[str, object] = {
        "imported from": [short(file, 200) for file in files[:20]],
        "format": format_title,
        "rows": outcome.rows,
        "runs": outcome.runs,
        "left out": dict(outcome.left_out) or "none",
        "compared": f"{mapping.metric.column}, {mapping.metric.direction}",
    }
    if outcome.notes:
        recorded["notes"] = list(outcome.notes)
    if mapping.unused:
        recorded["columns not used"] = _unused(mapping)
    if mapping.constant:
        recorded["the same in all runs"] = {
            short(name): short(value) for name, value in mapping.constant[:50]
        }
    table.staging.database.execute(
        "INSERT INTO target.study VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            SCHEMA_VERSION,
            mapping.name,
            short(mapping.title, 200),
            _description(mapping, outcome, files, format_title),
            metric,
            mapping.metric.label,
            mapping.metric.direction,
            _now(),
            json.dumps([recorded], ensure_ascii=False),
        ],
    )


def _unused(mapping: Mapping) -> list[str]:
    """For each reason some of the columns, and how many more there are."""
    reasons: dict[str, list[str]] = {}
    for name, reason in mapping.unused:
        if reason != CONSTANT:
            reasons.setdefault(reason, []).append(name)
    return [f"{reason} ({listed(names)})" for reason, names in reasons.items()]


def _description(
    mapping: Mapping, outcome: Outcome, files: Sequence[str], format_title: str
) -> str:
    origin = files[0] if len(files) == 1 else f"{len(files)} files"
    own = mapping.description.strip() or f"Imported from {short(origin)} ({format_title})."
    if not outcome.left_out:
        return own
    return f"{own} {left_out(outcome)}"


def _now() -> datetime:
    """When the study is made; SOURCE_DATE_EPOCH makes the same study of the same files."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)
    return moment.replace(tzinfo=None, microsecond=0)
