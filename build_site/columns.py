"""The columns of a study as a classic script: base64 typed arrays that a page decodes once.

From disk a page may load classic scripts but fetch nothing, so data travels as a script that hands
one object to `hyperatlas.receive`.
"""

from collections.abc import Sequence
from dataclasses import asdict

from build_site.arrays import Column, codes, floats, to_json
from build_site.findings import Findings
from build_site.levels import Factor
from build_site.metrics import DatasetSummary
from build_site.plots import look
from build_site.study import Study, quoted


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
                "levels": [
                    {**asdict(level), **asdict(look(place, missing=level.missing))}
                    for place, level in enumerate(f.levels)
                ],
            }
            for f in factors
        ],
        "columns": {
            name: column.__dict__ for name, column in _columns(study, datasets, factors).items()
        },
    }
    return f"hyperatlas.receive({to_json(described)});\n"


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
        "dataset": codes(places["dataset"], len(datasets)),
        "diverged": codes(places["diverged"], 2),
        **{name: floats(places[name]) for name in ("raw", "percentile", "relative")},
    }
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
