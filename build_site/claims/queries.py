"""The SQL of a claim, from the files in metrics/claims: what is run, and what a reader sees."""

from string import Template

from build_site.claims.ledger import Bounds, Claim, Condition
from build_site.levels import FEW, QUANTILES
from build_site.metrics.grouping import Group, together
from build_site.metrics.queries import sql
from build_site.study import Parameter, Study, quoted

MEASURES = {"percentile": "percentile::DOUBLE", "top": "(percentile >= 0.9::FLOAT)::DOUBLE"}


def cells_query(claim: Claim, arm: str) -> str:
    """Rows (dataset, block, arm, n, total, squares) of the arms that the SQL expression tells."""
    return f"{_cells(claim, arm)}FROM cells ORDER BY dataset, block, arm;"


def arms_of_conditions(claim: Claim) -> str:
    """The SQL expression of the arm a run is in: 0 and 1, and 2 and 3 for an interaction."""
    first, second = claim.conditions["first"], claim.conditions["second"]
    where, against = claim.conditions.get("where", {}), claim.conditions.get("against")
    arms = [[first, where], [second, where]]
    if against is not None:
        arms += [[first, against], [second, against]]
    cases = (
        f"WHEN {' AND '.join(filter(None, map(_expression, conditions)))} THEN {place}"
        for place, conditions in enumerate(arms)
    )
    return f"CASE {' '.join(cases)} END"


def arms_of_parameter(study: Study, parameter: Parameter) -> str:
    """The SQL expression of the place of a run's value among those of a hyper-parameter."""
    column = f"run.{quoted(parameter.name)}"
    if parameter.kind == "numeric":
        row = study.database.execute(
            f"SELECT count(DISTINCT {quoted(parameter.name)}), "
            f"quantile_cont({quoted(parameter.name)}::DOUBLE, ?) FROM run",
            [list(QUANTILES)],
        ).fetchone()
        if row is not None and row[0] > FEW:
            cases = "".join(
                f" WHEN {column} < {edge!r} THEN {place}" for place, edge in enumerate(row[1], 1)
            )
            # A missing value is an arm of its own.
            return f"CASE WHEN {column} IS NULL THEN 0{cases} ELSE {len(row[1]) + 1} END"
    return f"dense_rank() OVER (ORDER BY {column}) - 1"


def shown_query(claim: Claim, study: Study) -> str:
    """What computes the effect in one query, given the tables of `preparation`."""
    if claim.statistic != "importance":
        return _cells(claim, arms_of_conditions(claim)) + sql(f"claims/{claim.statistic}")
    shares = {
        parameter.name: _cells(claim, arms_of_parameter(study, parameter)).rstrip()
        + "\n"
        + sql("claims/importance").strip().removesuffix(";")
        for parameter in study.parameters
    }
    own = f"({shares.pop(claim.parameter or '')}\n)"
    others = [shares[claim.than]] if claim.than else list(shares.values())
    rest = "\n + ".join(f"({share}\n)" for share in others)
    return f"SELECT {own}\n - ({rest}) / {len(others)} AS effect;"


def preparation(study: Study, group: Group, sampled: int | None = None) -> str:
    """What creates `scored`, `difficulty` and `together` in a copy of the study.

    Where effects are those of a sample, of at most `sampled` runs, table scored has its runs, and
    difficulty is that of all.
    """
    summary = sql("dataset_summary").strip().removesuffix(";")
    return (
        "CREATE VIEW measured_run AS SELECT run_id, config_id, dataset, status, seed, "
        f"{quoted(study.metric)}::DOUBLE AS measured FROM run;\n\n"
        f"{sql('scored')}\n"
        "CREATE TABLE difficulty AS SELECT name AS dataset, difficulty FROM (\n"
        f"{summary}\n);\n"
        f"\n{together(group)}"
        + ("" if sampled is None else "\n" + sql("sample").replace("$most", str(sampled)))
    )


def _cells(claim: Claim, arm: str) -> str:
    template = Template(sql("claims/cells"))
    return template.substitute(measure=MEASURES[claim.measure], arm=arm)


def _expression(condition: Condition) -> str:
    return " AND ".join(_allowed(name, allowed) for name, allowed in condition.items())


def _allowed(name: str, allowed: tuple[str, ...] | Bounds) -> str:
    column = f"run.{quoted(name)}"
    if isinstance(allowed, Bounds):
        ends = [(">=", allowed.at_least), ("<", allowed.below)]
        return " AND ".join(f"{column} {sign} {end!r}" for sign, end in ends if end is not None)
    values = ", ".join("'" + value.replace("'", "''") + "'" for value in allowed)
    return f"{column}::VARCHAR IN ({values})"
