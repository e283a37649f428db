"""What SQL and SciPy say about values that are compared."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
import scipy.stats

from build_site.findings import Findings

Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Estimate:
    n: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Look:
    """A selection and a way to look at it: as a fragment, and for SQL."""

    fragment: str
    condition: str
    parameter: int
    statistic: str
    column: str
    facet: bool


def random_look(findings: Findings, generator: random.Random, statistic: str) -> Look:
    """Any data sets, values and range, the range applied or not; any parameter and measure."""
    conditions, query = ["true"], []
    datasets = [d.name for d in findings.datasets if generator.random() < 0.6]
    if datasets and generator.random() < 0.5:
        query += [("dataset", name) for name in datasets]
        conditions.append(f"dataset IN ({', '.join(map(repr, datasets))})")
    for place, factor in enumerate(findings.factors):
        levels = [n for n in range(len(factor.levels)) if generator.random() < 0.7]
        if levels and generator.random() < 0.3:
            query += [(f"p.{factor.parameter.name}", factor.levels[n].key) for n in levels]
            conditions.append(
                f"position IN (SELECT position FROM setting WHERE parameter = {place} "
                f"AND level IN ({', '.join(map(str, levels))}))"
            )
    if generator.random() < 0.5:
        query += [("metric", "percentile"), ("from", "0.25"), ("to", "0.95")]
        if generator.random() < 0.5:
            query.append(("v.within", "1"))
            conditions.append("percentile BETWEEN 0.25::FLOAT AND 0.95::FLOAT")
    parameter = generator.randrange(len(findings.factors))
    measure = generator.choice(["percentile", "raw", "relative"])
    facet = generator.random() < 0.3
    query += [
        ("v.parameter", findings.factors[parameter].parameter.name),
        ("v.statistic", statistic),
        ("v.measure", measure),
        *([("v.facet", "dataset")] if facet else []),
    ]
    column = "percentile" if statistic == "share" else measure
    return Look(urlencode(query), " AND ".join(conditions), parameter, statistic, column, facet)


def estimate(values: Sequence[float], statistic: str) -> Estimate:
    """What SciPy makes of the values of a cell."""
    numbers = np.array(values, dtype=np.float64)
    n = len(numbers)
    if statistic == "share":
        hits = int((numbers >= np.float64(np.float32(0.9))).sum())
        wilson = scipy.stats.binomtest(hits, n).proportion_ci(method="wilson")
        return Estimate(n, hits / n, wilson.low, wilson.high)
    if statistic == "mean":
        reach = math.nan
        if n > 1:
            reach = scipy.stats.t.ppf(0.975, n - 1) * numbers.std(ddof=1) / math.sqrt(n)
        return Estimate(n, numbers.mean(), numbers.mean() - reach, numbers.mean() + reach)
    k = int(scipy.stats.binom.ppf(0.025, n, 0.5))  # the least k with P(B <= k) >= 2.5 %
    if scipy.stats.binom.cdf(k, n, 0.5) == 0.025:
        k += 1
    ends = (math.nan, math.nan) if k == 0 else (numbers[k - 1], numbers[n - k])
    return Estimate(n, float(np.median(numbers)), *ends)


def sql_estimates(findings: Findings, look: Look) -> dict[Key, Estimate]:
    """(panel, its value, data set, value) -> estimate; values of a cell come from SQL, sorted."""
    database = findings.study.database
    subject = findings.factors[look.parameter]
    found: dict[Key, Estimate] = {}
    datasets = {d.name: d.label for d in findings.datasets}
    axes: list[tuple[str, str, Callable[[Any], str]]] = [
        ("Data set", "SELECT position, dataset AS level FROM scored", datasets.__getitem__)
    ]
    for place, factor in enumerate(findings.factors):
        if place != look.parameter:
            query = f"SELECT position, level FROM setting WHERE parameter = {place}"
            labels = [level.label for level in factor.levels]
            axes.append((factor.parameter.label, query, labels.__getitem__))
    for label, query, name in axes:
        split = look.facet and label != "Data set"
        rows = database.execute(
            f"SELECT axis.level, first.level, {'dataset' if split else 'NULL'} AS part, "
            f"list_sort(list({look.column})) AS numbers, "
            f"avg({look.column}::DOUBLE), median({look.column}) "
            f"FROM (FROM scored WHERE {look.condition} AND {look.column} IS NOT NULL) "
            f"JOIN ({query}) AS axis USING (position) "
            f"JOIN setting AS first USING (position) WHERE first.parameter = {look.parameter} "
            "GROUP BY ALL"
        ).fetchall()
        for level, value, part, numbers, average, median in rows:
            made = estimate(numbers, look.statistic)
            if look.statistic != "share":
                expected = average if look.statistic == "mean" else median
                assert made.value == pytest.approx(expected, abs=1e-6)
            key = (label, name(level), datasets.get(part, "all"), subject.levels[value].label)
            found[key] = made
    return found


def difference(a: Estimate, b: Estimate) -> Estimate:
    """MOVER (Zou & Donner 2008)."""
    value = a.value - b.value
    low = value - math.hypot(a.value - a.low, b.high - b.value)
    high = value + math.hypot(a.high - a.value, b.value - b.low)
    return Estimate(min(a.n, b.n), value, low, high)
