"""What SQL says about values that come together."""

import re
from typing import Any

import numpy as np

from build_site.findings import Findings
from build_site.provenance import ROOT

QUERY = (ROOT / "build_site" / "metrics" / "combinations.sql").read_text(encoding="utf-8")
RANGE = re.compile(r"(raw|percentile|relative) BETWEEN \S+ AND \S+")


def sql_cells(
    findings: Findings, condition: str, *, without_range: str = "true"
) -> dict[tuple[int, int], tuple[Any, ...]]:
    """(row, column) of the matrix -> runs, selected runs, lift, interaction.

    `condition` is that of a random selection; `without_range` stands for a range it does not have.
    """
    found = RANGE.search(condition)
    ranged = found[0] if found else without_range
    findings.study.database.execute(
        f"CREATE OR REPLACE TEMP VIEW chosen AS SELECT position, coalesce({ranged}, false) "
        f"AS selected FROM scored WHERE {RANGE.sub('true', condition)}"
    )
    starts = np.cumsum([0, *(len(factor.levels) for factor in findings.factors)])
    rows = findings.study.database.execute(QUERY).fetchall()
    return {(starts[a] + x, starts[b] + y): tuple(rest) for a, x, b, y, *rest in rows}
