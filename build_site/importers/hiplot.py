"""HiPlot: `Experiment.to_csv(…)`, and an experiment as JSON."""

import codecs
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from build_site.importers.columns import Column, ImportRefusal, Kind, Role, Scale
from build_site.importers.formats import FileFormat, TableFormat, existing
from build_site.importers.staging import Staged, Staging, stage_records

OWN: dict[str, Role] = {"uid": "run", "from_uid": "ignored"}
# What an experiment may say of a column, by HiPlot's name for it.
TYPES: dict[str, tuple[Kind | None, Scale | None]] = {
    "categorical": ("categorical", None),
    "numeric": ("numeric", "linear"),
    "numericlog": ("numeric", "log"),
    "numericpercentile": ("numeric", "linear"),
    "timestamp": (None, None),
}


def recognises(names: Sequence[str]) -> bool:
    """Whether these are the columns of HiPlot's CSV."""
    return {"uid", "from_uid"} <= set(names)


def describe(names: Sequence[str]) -> tuple[Column, ...]:
    """Its columns; parameters and results are to be guessed."""
    return tuple(Column(name, name, OWN.get(name)) for name in names)


def recognises_file(where: str) -> bool:
    """Whether it is an experiment as JSON."""
    path = existing(where)
    if path is None or not path.is_file():
        return False
    with path.open("rb") as file:
        start = file.read(1 << 16)
    # Experiments start with their parameters' definitions.
    return start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{") and (
        b'"datapoints"' in start or b'"parameters_definition"' in start
    )


def read(staging: Staging, where: str, table: str) -> tuple[Staged, tuple[Column, ...]]:
    """Stage its data points.

    Raises:
        ImportRefusal: if it is no experiment.
    """
    try:
        experiment = json.loads(Path(where).read_text(encoding="utf-8-sig"))
        points = [
            {"uid": point["uid"], "from_uid": point.get("from_uid"), **point["values"]}
            for point in experiment["datapoints"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ImportRefusal("it is no experiment of HiPlot: no datapoints with values") from error
    staged = stage_records(staging, table, points)
    definitions = experiment.get("parameters_definition")
    known = definitions if isinstance(definitions, dict) else {}
    return staged, tuple(_column(name, known.get(name)) for name in staged.names)


def _column(name: str, definition: Any) -> Column:  # noqa: ANN401 - whatever JSON holds
    said = definition.get("type") if isinstance(definition, dict) else None
    kind, scale = TYPES.get(str(said).lower(), (None, None))
    return Column(name, name, OWN.get(name), kind, scale)


HIPLOT = TableFormat("hiplot", "HiPlot", "has the columns uid and from_uid", recognises, describe)
HIPLOT_JSON = FileFormat(
    "hiplot-json", "HiPlot experiment", "is JSON with datapoints", recognises_file, read
)
