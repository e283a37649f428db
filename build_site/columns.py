"""The columns of a study as a classic script: base64 typed arrays that a page decodes once.

From disk a page may load classic scripts but fetch nothing, so data travels as a script that hands
one object to `hyperatlas.receive`.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from build_site.findings import Findings
from build_site.levels import Factor
from build_site.metrics import DatasetSummary
from build_site.study import Study, quoted

Array = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]


@dataclass(frozen=True)
class Column:
    """A little-endian typed array: `kind` is uint8, uint16 or float32."""

    kind: str
    base64: str


def columns_script(findings: Findings) -> str:
    """The script: what the study is, its data sets and parameters, and a column for each.

    Runs stand in the order of table scored. NaN stands for a metric that a run does not have.
    """
    study, datasets, factors = findings.study, findings.datasets, findings.factors
    described = {
        "name": study.name,
        "title": study.title,
        "metricLabel": study.metric_label,
        "isShare": findings.is_share,
        "direction": study.direction,
        "datasets": [
            {
                "name": d.name,
                "label": d.label,
                "chance": d.chance,
            }
            for d in datasets
        ],
        "parameters": [
            {
                "name": f.parameter.name,
                "label": f.parameter.label,
                "kind": f.parameter.kind,
                "levels": [{"key": level.key, "label": level.label} for level in f.levels],
            }
            for f in factors
        ],
        "columns": {
            name: column.__dict__ for name, column in _columns(study, datasets, factors).items()
        },
    }
    return f"hyperatlas.receive({_json(described)});\n"


def _columns(
    study: Study, datasets: Sequence[DatasetSummary], factors: Sequence[Factor]
) -> dict[str, Column]:
    database = study.database
    places = database.execute(
        "SELECT list_position($names, dataset) - 1 AS dataset, raw, percentile, relative, "
        "status = 'diverged' AS diverged FROM scored ORDER BY position",
        {"names": [d.name for d in datasets]},
    ).fetchnumpy()
    columns = {
        "dataset": _codes(places["dataset"], len(datasets)),
        "diverged": _codes(places["diverged"], 2),
        **{name: _floats(places[name]) for name in ("raw", "percentile", "relative")},
    }
    for place, factor in enumerate(factors):
        level = database.execute(
            "SELECT level FROM setting WHERE parameter = ? ORDER BY position", [place]
        ).fetchnumpy()["level"]
        columns[f"level:{factor.parameter.name}"] = _codes(level, len(factor.levels))
        if factor.parameter.kind == "numeric":
            exact = database.execute(
                f"SELECT TRY_CAST(run.{quoted(factor.parameter.name)} AS FLOAT) AS value "
                "FROM scored JOIN run USING (run_id) ORDER BY scored.position"
            ).fetchnumpy()["value"]
            columns[f"value:{factor.parameter.name}"] = _floats(exact)
    return columns


def _codes(values: NDArray[np.generic], count: int) -> Column:
    kind = "uint8" if count <= 256 else "uint16"
    return Column(kind, _encode(np.asarray(values).astype(f"<u{1 if kind == 'uint8' else 2}")))


def _floats(values: NDArray[np.floating]) -> Column:
    filled = np.ma.filled(np.ma.asarray(values).astype("<f4"), np.nan)
    return Column("float32", _encode(filled))


def _encode(values: NDArray[np.generic]) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")


def _json(value: object) -> str:
    # U+2028 and U+2029 end a line in old JavaScript; ensure_ascii escapes them.
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
