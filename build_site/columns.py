"""The columns of a study as a classic script: base64 typed arrays that a page decodes once.

From disk a page may load classic scripts but fetch nothing, so data travels as a script that hands
one object to `hyperatlas.receive`.
"""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from build_site.arrays import Column, codes, floats, to_json
from build_site.findings import Findings
from build_site.levels import Factor
from build_site.plots import look
from build_site.results import Results, results
from build_site.study import Study, quoted


def columns_script(findings: Findings) -> str:
    """The script: what the study is, its data sets and parameters, and a column for each parameter.

    The columns of data sets and metrics are in the results.

    Runs stand in the order of table scored; `sampledFrom` is how many the study has, if these are a
    sample of them; `best` of a data set is that of all runs then. NaN stands for a metric that a
    run does not have.
    """
    study, datasets, factors = findings.study, findings.datasets, findings.factors
    described = {
        "name": study.name,
        "title": study.title,
        "metricLabel": study.metric_label,
        "isShare": findings.is_share,
        "direction": study.direction,
        "hasRelative": findings.has_relative,
        "hasDiverged": findings.diverged > 0,
        **({"sampledFrom": findings.runs} if findings.sampled else {}),
        "datasets": [
            {
                "name": d.name,
                "label": d.label,
                "chance": d.chance,
                **({"best": d.best} if findings.sampled else {}),
            }
            for d in datasets
        ],
        "parameters": [
            {
                "name": f.parameter.name,
                "label": f.parameter.label,
                "spoken": f.parameter.spoken,
                "kind": f.parameter.kind,
                "levels": [
                    {**asdict(level), **asdict(look(place, missing=level.missing))}
                    for place, level in enumerate(f.levels)
                ],
            }
            for f in factors
        ],
        "results": asdict(_results(study, [d.name for d in datasets])),
        "columns": {name: asdict(column) for name, column in _columns(study, factors).items()},
    }
    return f"hyperatlas.receive({to_json(described)});\n"


def _results(study: Study, datasets: list[str]) -> Results:
    found = study.database.execute(
        "SELECT list_position($names, dataset) - 1 AS dataset, raw, percentile, relative "
        "FROM scored ORDER BY position",
        {"names": datasets},
    ).fetchnumpy()
    metrics = {name: found[name] for name in ("raw", "percentile", "relative")}
    filled = {
        name: np.ma.filled(np.ma.asarray(values).astype(np.float32), np.nan)
        for name, values in metrics.items()
    }
    return results(np.asarray(found["dataset"], dtype=np.int64), **filled)


def _columns(study: Study, factors: Sequence[Factor]) -> dict[str, Column]:
    database = study.database
    diverged = database.execute(
        "SELECT status = 'diverged' AS diverged FROM scored ORDER BY position"
    ).fetchnumpy()["diverged"]
    columns = {"diverged": codes(diverged, 2)}
    for place, factor in enumerate(factors):
        level = database.execute(
            "SELECT level FROM setting WHERE parameter = ? ORDER BY position", [place]
        ).fetchnumpy()["level"]
        columns[f"level:{factor.parameter.name}"] = codes(level, len(factor.levels))
        if factor.parameter.kind == "numeric":
            exact = database.execute(
                f"SELECT TRY_CAST(run.{quoted(factor.parameter.name)} AS FLOAT) AS value "
                "FROM scored JOIN run USING (run_id) ORDER BY scored.position"
            ).fetchnumpy()["value"]
            columns[f"value:{factor.parameter.name}"] = floats(exact)
    return columns
