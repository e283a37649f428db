"""How much each hyper-parameter matters, over all data sets together and on each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from build_site.evidence.fine_levels import fine_levels
from build_site.evidence.functional_anova import FunctionalAnova, functional_anova
from build_site.evidence.numbering import distinct
from build_site.evidence.outcomes import Outcomes
from build_site.evidence.ped_anova import TopImportance, ped_anova
from build_site.evidence.squared_length import UNKNOWN, SquaredLength
from build_site.study import Study


@dataclass(frozen=True)
class Importance:
    """Of the parameters that vary, on one data set, or on all if `dataset` is None.

    `parameters` are their places among the study's factors, in the order of `anova.alone` and of
    the divergences of each of `tops`. `with_dataset` says that `anova` has one more: the data set,
    with which parameters may interact.
    """

    dataset: str | None
    runs: int
    blocks: int
    parameters: tuple[int, ...]
    anova: FunctionalAnova
    tops: tuple[TopImportance, ...]
    with_dataset: bool

    def alone(self, parameter: int) -> SquaredLength:
        """The share of one of the study's factors by itself; unknown if it does not vary here."""
        if parameter not in self.parameters:
            return UNKNOWN
        return self.anova.alone[self.parameters.index(parameter)]

    def together(self, first: int, second: int) -> SquaredLength:
        """The share of two beyond what each does; unknown if one of them does not vary here."""
        if not {first, second} <= set(self.parameters):
            return UNKNOWN
        j, k = sorted(self.parameters.index(each) for each in (first, second))
        return self.anova.pairs[j, k]


def importances(study: Study, outcomes: Outcomes) -> tuple[Importance, ...]:
    """Over all data sets first, then on each, the easiest first (one data set has itself alone)."""
    levels = fine_levels(study, outcomes)
    varied = tuple(j for j, column in enumerate(levels.T) if len(distinct(column)) > 1)
    levels = levels[:, varied]
    every = np.ones(outcomes.runs, np.bool_)
    if len(outcomes.datasets) < 2:
        return (_importance(outcomes, levels, varied, every, None),)
    return (
        _importance(outcomes, levels, varied, every, None),
        *(
            _importance(outcomes, levels, varied, outcomes.dataset == place, dataset.name)
            for place, dataset in enumerate(outcomes.datasets)
        ),
    )


def importance_without(
    study: Study, outcomes: Outcomes, values: Sequence[tuple[int, int]]
) -> Importance:
    """Over all data sets, of the runs that have none of the `values` (factor, level).

    A value with which hardly any run is good may explain most of the variance by itself, and hide
    what matters to those who avoid it.
    """
    levels = fine_levels(study, outcomes)
    varied = tuple(j for j, column in enumerate(levels.T) if len(distinct(column)) > 1)
    kept = np.ones(outcomes.runs, np.bool_)
    for factor, level in values:
        kept &= outcomes.levels[:, factor] != level
    return _importance(outcomes, levels[:, varied], varied, kept, None)


def _importance(
    outcomes: Outcomes,
    levels: NDArray[np.intp],
    varied: tuple[int, ...],
    chosen: NDArray[np.bool_],
    name: str | None,
) -> Importance:
    percentile, dataset = outcomes.percentile[chosen], outcomes.dataset[chosen]
    levels, block = levels[chosen], outcomes.block[chosen]
    several = len(distinct(dataset)) > 1
    explaining = np.column_stack([levels, dataset]) if several else levels
    return Importance(
        dataset=name,
        runs=len(percentile),
        blocks=len(distinct(block)),
        parameters=varied,
        anova=functional_anova(percentile, explaining, block),
        tops=ped_anova(percentile, dataset, levels, block),
        with_dataset=several,
    )
