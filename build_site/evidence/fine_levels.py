"""Levels fine enough to tell how much a parameter matters.

Elsewhere a numeric parameter of many values is cut into quarters of its runs, which a reader can
choose from. Where the best value is in the middle, quarters hide much of what it does (of a
parabola's variance 30 %; eighths, 7 %).
"""

import numpy as np
from numpy.typing import NDArray

from build_site.evidence.outcomes import Outcomes
from build_site.levels import FEW, Factor
from build_site.study import Study, quoted

EDGES = tuple(n / 8 for n in range(1, 8))


def fine_levels(study: Study, outcomes: Outcomes) -> NDArray[np.intp]:
    """The level of each run in each parameter, intp[n, p]: eighths for quarters, others as is.

    A missing value is a level of its own, the last.
    """
    levels = outcomes.levels.astype(np.intp)
    for place, factor in enumerate(outcomes.factors):
        if factor.parameter.kind == "numeric":
            values = _values(study, factor)
            if len(np.unique(values[np.isfinite(values)])) > FEW:
                levels[:, place] = _eighths(values)
    return levels


def _values(study: Study, factor: Factor) -> NDArray[np.float64]:
    """Of each run, in the order of table scored; NaN for a missing one."""
    (values,) = (
        study.database.execute(
            f"SELECT run.{quoted(factor.parameter.name)}::DOUBLE AS value "
            "FROM scored JOIN run USING (run_id) ORDER BY scored.position"
        )
        .fetchnumpy()
        .values()
    )
    return np.ma.filled(np.ma.asarray(values, np.float64), np.nan)


def _eighths(values: NDArray[np.float64]) -> NDArray[np.intp]:
    known = np.isfinite(values)
    edges = np.unique(np.quantile(values[known], EDGES))
    edges = edges[edges > values[known].min()]
    levels = np.searchsorted(edges, values, side="right")
    return np.where(known, levels, len(edges) + 1).astype(np.intp)
