"""Runs in groups that are left out in turn: what tells how sure a statistic is.

The delete-a-group jackknife (Kott 2001; Quenouille's of 1956 where a group is one block). Runs of
one block share more than their hyper-parameters, so that a block is never torn apart.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from build_site.evidence.numbering import numbered

# More blocks than this share groups, dealt blindly: an interval from 128 groups is on average as
# wide as one from all blocks, and its ends vary by 6 % of its width.
MOST_GROUPS = 128
SEED = 2014


@dataclass(frozen=True, eq=False)
class BlockGroups:
    """`group` intp[n], of each run, from 0 to `count` - 1; `block` intp[n], from 0."""

    group: NDArray[np.intp]
    count: int
    block: NDArray[np.intp]

    @cached_property
    def blocks(self) -> int:
        """How many blocks there are."""
        return int(self.block.max(initial=-1)) + 1

    def freedom(self, *factors: NDArray[np.intp]) -> int:
        """Degrees of freedom of the noise in what is computed for each level of `factors`.

        A factor that is the same throughout every block is compared between blocks alone: each of
        its levels takes one degree, as in an analysis of variance whose units are blocks. Of
        several factors the combinations count.

        Args:
            factors: the level of each run, intp[n] each.
        """
        if self.count < self.blocks:
            return self.count - 1
        of_blocks = [self._of_blocks(levels) for levels in factors]
        between = [levels for levels in of_blocks if levels is not None]
        taken = len(np.unique(np.column_stack(between), axis=0)) if between else 1
        return self.count - taken

    def _of_blocks(self, levels: NDArray[np.intp]) -> NDArray[np.intp] | None:
        """The level of each block; None if it changes within any."""
        of_block = np.zeros(self.blocks, np.intp)
        of_block[self.block] = levels
        return of_block if (of_block[self.block] == levels).all() else None


def group_blocks(block: NDArray[np.intp]) -> BlockGroups:
    """Deal blocks into at most MOST_GROUPS groups of equally many, the same at every build.

    Args:
        block: of each run, from 0, intp[n].
    """
    known, place = numbered(block)
    order = np.random.default_rng(SEED).permutation(len(known))
    count = min(len(known), MOST_GROUPS)
    return BlockGroups((order % max(count, 1))[place], count, place)
