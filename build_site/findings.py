"""Everything the pages of one study are made from, computed once."""

from dataclasses import dataclass
from functools import cached_property

from build_site import metrics
from build_site.claims.judgement import Judgement, judge
from build_site.claims.ledger import read_ledger
from build_site.evidence.advice import Fitted, fit_advice
from build_site.evidence.effects import StudyEffects, find_effects
from build_site.evidence.importance import Importance, importances
from build_site.evidence.outcomes import Outcomes, read_outcomes
from build_site.evidence.recommendation import Recommendation, recommend
from build_site.levels import Factor, tabulate_levels, usual_levels
from build_site.metrics.effects import seed_noise
from build_site.study import Study, quoted


@dataclass(frozen=True)
class Setting:
    """The value of one parameter in one run, ready to show."""

    label: str
    value: str


class Findings:
    """A scored study with its summaries."""

    def __init__(self, study: Study) -> None:
        metrics.score(study)
        self.study = study
        self.factors: tuple[Factor, ...] = tabulate_levels(study)
        self.datasets = metrics.dataset_summaries(study)
        self.best_runs = metrics.best_runs(study)

    @cached_property
    def runs(self) -> int:
        """How many runs ended."""
        return sum(dataset.runs for dataset in self.datasets)

    @cached_property
    def outcomes(self) -> Outcomes:
        """The runs as arrays, for statistics."""
        return read_outcomes(self.study, self.factors, self.datasets)

    @cached_property
    def effects(self) -> StudyEffects:
        """What each value does compared with each other, overall and on each data set."""
        return find_effects(self.outcomes, seed_noise(self.study))

    @cached_property
    def importances(self) -> tuple[Importance, ...]:
        """How much each hyper-parameter matters, overall and on each data set."""
        return importances(self.study, self.outcomes)

    @cached_property
    def usual(self) -> tuple[int, ...]:
        """The level of each factor that practitioners usually start from."""
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

    @cached_property
    def judgements(self) -> tuple[Judgement, ...]:
        """What the runs say of each claim that they can test."""
        return judge(self.study, self.datasets, read_ledger())

    @cached_property
    def top_shares(self) -> tuple[metrics.TopShare, ...]:
        """How often each value reaches the best tenth."""
        return metrics.top_shares(self.study)

    @cached_property
    def is_share(self) -> bool:
        """Whether the metric is a share, to be shown as a percentage."""
        row = self.study.database.execute(
            "SELECT direction = 'maximize' AND coalesce(low >= 0 AND high <= 1, true) "
            "FROM study, (SELECT min(raw) AS low, max(raw) AS high FROM scored)"
        ).fetchone()
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
            Setting(factor.parameter.label, factor.show(value))
            for factor, value in zip(self.factors, values[:-1], strict=True)
        )
