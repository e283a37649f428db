"""What the runs of each block add up to in each data set and arm of a comparison, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from build_site.study import Study

Floats = NDArray[np.float64]
MOST_GROUPS = 1_000  # more blocks than that are left out in groups (Kott 2001)


@dataclass(frozen=True, eq=False)
class Cells:
    """What runs add up to: float64[g, d, a] for g blocks or groups of them, d data sets, a arms.

    `n` counts runs, `total` is the sum of their measure, `squares` that of its square. The blocks
    are the same for all comparisons of a study; most have no run in most cells.
    """

    n: Floats
    total: Floats
    squares: Floats

    def pooled(self) -> "Cells":
        """All blocks together: float64[d, a]."""
        return Cells(self.n.sum(0), self.total.sum(0), self.squares.sum(0))

    def without_each_block(self) -> "Cells":
        """All blocks but one, for each: float64[g, d, a]."""
        whole = self.pooled()
        return Cells(whole.n - self.n, whole.total - self.total, whole.squares - self.squares)

    @property
    def patterns(self) -> int:
        """How many kinds of block there are by the cells in which they have runs."""
        present = np.unique(self.n.reshape(len(self.n), self.n[:1].size) > 0, axis=0)
        return int(present.any(1).sum())


def read_cells(study: Study, query: str, datasets: Sequence[str]) -> Cells:
    """Run a query whose rows are (dataset, block, arm, n, total, squares)."""
    rows = study.database.execute(query).fetchnumpy()
    places = {name: place for place, name in enumerate(datasets)}
    dataset = np.array([places[str(name)] for name in rows["dataset"]], np.intp)
    blocks, block = np.unique(np.asarray(rows["block"], str), return_inverse=True)
    block %= MOST_GROUPS
    arm = np.asarray(rows["arm"], np.intp)
    shape = (min(len(blocks), MOST_GROUPS), len(datasets), int(arm.max(initial=1)) + 1)
    arrays = []
    for name in ("n", "total", "squares"):
        array = np.zeros(shape)
        np.add.at(array, (block, dataset, arm), np.asarray(rows[name], np.float64))
        arrays.append(array)
    return Cells(*arrays)
