"""Outcomes: the runs of a study as arrays."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from studies import Run

from build_site.findings import Findings
from build_site.study import open_study


def test_the_arrays_stand_in_the_order_of_the_scored_runs(
    write_study: Callable[..., Path],
) -> None:
    findings = Findings(
        open_study(
            write_study(Run(accuracy=0.9), Run(accuracy=0.5), Run(status="diverged", accuracy=None))
        )
    )
    outcomes = findings.outcomes
    raw = findings.study.database.execute("SELECT raw FROM scored ORDER BY position").fetchall()
    assert outcomes.runs == 3
    assert [None if np.isnan(each) else np.float32(each) for each in outcomes.raw] == [
        None if value is None else np.float32(value) for (value,) in raw
    ]
    assert outcomes.diverged.tolist() == [value is None for (value,) in raw]
    assert outcomes.percentile[outcomes.diverged].tolist() == [0.0]
