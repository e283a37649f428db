"""Everything the pages of one study are made from, computed once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from build_site import metrics
from build_site.claims.judgement import Judgement, judge
from build_site.claims.ledger import read_ledger
from build_site.evidence.advice import Fitted, fit_advice
from build_site.evidence.effects import StudyEffects, find_effects
from build_site.evidence.importance import Importance, importance_without, importances
from build_site.evidence.outcomes import Outcomes, read_outcomes
from build_site.evidence.recommendation import Recommendation, recommend
from build_site.levels import Factor, tabulate_levels, usual_levels
from build_site.metrics.effects import SeedNoise, seed_noise
from build_site.metrics.grouping import Group, grouping
from build_site.metrics.queries import sql
from build_site.page_limit import PAGE_RUNS
from build_site.study import Study, quoted

EVERYWHERE = "All data sets"
NEVER_BEST = 0.01  # of the runs with a value are in the best tenth, as the interval ends


@dataclass(frozen=True)
class Setting:
    """The value of one parameter in one run, ready to show within a sentence."""

    label: str
    value: str


class Findings:
    """A scored study with its summaries.

    Of a study of more than `page_runs` runs the summaries, percentiles and levels are those of all
    runs, and everything else is computed from a random sample (sample.sql), which the pages carry.
    A sample, and not a table of counts: pages select by any values of any parameters together, and
    the combinations of these are more than the runs. A share of two million runs is off by 0.07
    points at most, 95 times of 100.
    """

    def __init__(self, study: Study, page_runs: int = PAGE_RUNS) -> None:
        metrics.score(study)
        self.study = study
        self.factors: tuple[Factor, ...] = tabulate_levels(study)
        self.datasets = metrics.dataset_summaries(study)
        self.best_runs = metrics.best_runs(study)
        self.best_settings = {
            name: self.configuration(best.position) for name, best in self.best_runs.items()
        }
        self.tied_best = metrics.tied_best(study)
        self.noise: SeedNoise = seed_noise(study)
        # Whether the metric is a share, to be shown as a percentage.
        self.is_share = self._any(
            "SELECT direction = 'maximize' AND coalesce(low >= 0 AND high <= 1, true) "
            "FROM study, (SELECT min(raw) AS low, max(raw) AS high FROM scored)"
        )
        # Whether runs have a relative value, which takes a chance level and a spread above it.
        self.has_relative = self._any("SELECT count(relative) > 0 FROM scored")
        self.page_runs = page_runs
        self.shown = metrics.sample(study, page_runs)

    @cached_property
    def runs(self) -> int:
        """How many runs ended."""
        return sum(dataset.runs for dataset in self.datasets)

    @property
    def sampled(self) -> bool:
        """Whether the pages carry a sample; `shown` is how many runs they carry."""
        return self.shown < self.runs

    @property
    def whole(self) -> str:
        """What the pages show: "study" or "sample"."""
        return "sample" if self.sampled else "study"

    @property
    def all_runs(self) -> str:
        """What all runs are called that statistics are computed from."""
        return "all sampled runs" if self.sampled else "all runs"

    @cached_property
    def outcomes(self) -> Outcomes:
        """The runs as arrays, for statistics."""
        return read_outcomes(self.study, self.factors, self.datasets, self.group)

    @cached_property
    def effects(self) -> StudyEffects:
        """What each value does compared with each other, overall and on each data set."""
        return find_effects(self.outcomes, self.noise)

    @cached_property
    def importances(self) -> tuple[Importance, ...]:
        """How much each hyper-parameter matters, overall and on each data set."""
        return importances(self.study, self.outcomes)

    @cached_property
    def never_best(self) -> tuple[tuple[int, int], ...]:
        """The values (factor, level) with which surely next to no run is among the best tenth.

        Where ties leave next to no run in the best tenth, that says nothing of a value.
        """
        return tuple(
            (each.parameter, each.level)
            for each in self.top_shares
            if each.high < NEVER_BEST < each.expected
        )

    @cached_property
    def importance_without(self) -> Importance | None:
        """How much each hyper-parameter matters where these are avoided; None if there are none."""
        if not self.never_best:
            return None
        return importance_without(self.study, self.outcomes, self.never_best)

    @cached_property
    def usual(self) -> tuple[int, ...]:
        """The level of each factor that its others are compared with: the usual one, if known."""
        return usual_levels(self.study, self.factors)

    @cached_property
    def advice(self) -> Fitted | None:
        """What predicts how well a configuration does; None where there is nothing to learn."""
        return fit_advice(self.outcomes)

    @cached_property
    def recommendation(self) -> Recommendation | None:
        """What to choose for all data sets; None where there is too little evidence for any."""
        if self.advice is None or not self.advice.evidence.enough:
            return None
        return recommend(self.outcomes, self.advice)

    def to_set(self, configuration: Sequence[int]) -> list[tuple[Factor, int]]:
        """What a configuration sets: each factor with its level, but for those that do not exist.

        Those are conditional on others that have other values.
        """
        conditional = self.advice.model.conditional if self.advice else frozenset[int]()
        return [
            (factor, level)
            for place, (factor, level) in enumerate(zip(self.factors, configuration, strict=True))
            if not (place in conditional and factor.levels[level].missing)
        ]

    @cached_property
    def judgements(self) -> tuple[Judgement, ...]:
        """What the runs say of each claim that they can test."""
        return judge(self.study, self.datasets, read_ledger(), self.group)

    @cached_property
    def top_shares(self) -> tuple[metrics.TopShare, ...]:
        """How often each value reaches the best tenth."""
        return metrics.top_shares(self.study)

    @cached_property
    def group(self) -> Group:
        """What runs that are not independent are together; "run" if all are independent."""
        return grouping(self.study)

    @property
    def diverged(self) -> int:
        """How many runs diverged."""
        return sum(dataset.diverged for dataset in self.datasets)

    @property
    def failed(self) -> int:
        """How many runs were recorded as failed: beside those that ended, without a result."""
        return sum(dataset.failed for dataset in self.datasets) + sum(
            count for _, count in self.never_ended
        )

    @cached_property
    def never_ended(self) -> tuple[tuple[str, int], ...]:
        """The data sets on which no run ended, with how many failed: no page shows them."""
        return tuple(self.study.database.execute(sql("never_ended")).fetchall())

    @cached_property
    def seeded(self) -> bool:
        """Whether seeds are recorded; else runs of one configuration are but repeated."""
        return self._any("SELECT count(seed) > 0 FROM run")

    @property
    def chance_known(self) -> bool:
        """Whether it is known on any data set what guessing gives."""
        return any(dataset.chance is not None for dataset in self.datasets)

    @property
    def by_difficulty(self) -> bool:
        """Whether there are several data sets, and it is known which is the easiest."""
        known = all(dataset.difficulty is not None for dataset in self.datasets)
        return len(self.datasets) > 1 and known

    @property
    def everywhere(self) -> str:
        """What all data sets together are called, or the only one."""
        return self.datasets[0].label if len(self.datasets) == 1 else EVERYWHERE

    def _any(self, query: str) -> bool:
        row = self.study.database.execute(query).fetchone()
        return bool(row and row[0])

    def configuration(self, position: int) -> tuple[Setting, ...]:
        """The parameter values of the run at `position` of table scored."""
        columns = [f"run.{quoted(factor.parameter.name)}" for factor in self.factors]
        listed = ", ".join([*columns, "scored.position"])
        values = self.study.database.execute(
            f"SELECT {listed} FROM scored JOIN run USING (run_id) WHERE scored.position = ?",
            [position],
        ).fetchone() or ((None,) * (len(columns) + 1))
        return tuple(
            Setting(factor.parameter.spoken, factor.show(value))
            for factor, value in zip(self.factors, values[:-1], strict=True)
        )
