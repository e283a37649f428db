"""Whether accuracies are such as training gives: possible, without spikes, failures explained."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from train.accuracies import Figure, Reachable

NEIGHBOURHOOD = 0.005  # of accuracy, to each side: what a spike is compared with
UNLIKELY = 1e-6  # the probability of a spike that is not taken for luck
FEWEST_FAILED, FEWEST_LEARNED = 20, 20  # runs, to ask whether settings tell them apart
EXPLAINED = 0.7  # area under the curve: 0.5 is guessing, 1 tells all failures from their settings
MOST_SHARED = 3  # settings that are named


@dataclass(frozen=True)
class Check:
    """A check and what it found: `faults`, none if it passed, and `notes` that are worth a look."""

    title: str
    faults: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Accuracies:
    """The runs on one data set.

    Attributes:
        reached: test accuracies [runs]; that of chance where a run diverged.
        completed: whether each run did not diverge [runs].
        guessed: the accuracy that hardly a guesser exceeds.
        test_size: how many test images there are.
        configurations: id of each run's configuration [runs].
        settings: the values of each parameter [runs].
    """

    dataset: str
    reached: NDArray[np.float64]
    completed: NDArray[np.bool_]
    guessed: float
    test_size: int
    configurations: NDArray[np.str_]
    settings: dict[str, NDArray[Any]]

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Runs that did no better than guessing can."""
        failed: NDArray[np.bool_] = ~self.completed | (self.reached <= self.guessed)
        return failed


def best_check(datasets: Sequence[Accuracies], reachable: Mapping[str, Reachable]) -> Check:
    """Whether the best run on each data set is one that is known to be possible."""
    faults: list[str] = []
    notes: list[str] = []
    for each in datasets:
        best, known = float(each.reached.max()), reachable.get(each.dataset)
        said = f"{each.dataset}: the best of {len(each.reached):,} runs reaches {best:.2%}"
        if known is None:
            notes.append(f"{said}; nothing is known to compare it with")
            continue
        if known.least and best < known.least.accuracy:
            faults.append(f"{said}, and {_cited(known.least)}")
        elif known.most and best > known.most.accuracy:
            faults.append(f"{said}, only {_cited(known.most)}")
        else:
            notes.append(f"{said}{f'; {_cited(known.such)}' if known.such else ''}")
    return Check("The best accuracies are plausible", tuple(faults), tuple(notes))


def spike_check(datasets: Sequence[Accuracies]) -> Check:
    """Whether some accuracy is far more frequent than those around it.

    Runs that only guess are left out: all that name one class reach the same.
    """
    faults: list[str] = []
    for each in datasets:
        correct = np.rint(each.reached[~each.failed] * each.test_size).astype(int)
        reach = max(1, round(NEIGHBOURHOOD * each.test_size))
        values, counts = np.unique(correct, return_counts=True)
        for value, count in zip(values, counts, strict=True):
            around = int((abs(correct - value) <= reach).sum()) - int(count)
            expected = (around + 1) / (2 * reach)  # one more: few neighbours know little
            if stats.poisson.sf(count - 1, expected) * len(values) < UNLIKELY:
                faults.append(
                    f"{each.dataset}: {count} runs reach exactly {value / each.test_size:.2%}"
                )
    return Check("No accuracy stands out", tuple(faults))


def failure_check(datasets: Sequence[Accuracies]) -> Check:
    """Whether settings tell the runs that do no better than guessing, and which settings these are.

    A forest of trees (Breiman 2001) predicts failure of configurations that it was not shown.
    """
    faults: list[str] = []
    notes: list[str] = []
    for each in datasets:
        failed = each.failed
        said = (
            f"{each.dataset}: {failed.sum():,} of {len(failed):,} runs are no better than guessing"
        )
        if failed.sum() < FEWEST_FAILED or (~failed).sum() < FEWEST_LEARNED:
            notes.append(f"{said}, too few on one side to ask why" if failed.any() else said)
            continue
        area = _predictability(each)
        told = f"{said}; settings tell them with {area:.2f} (0.5 is luck): {_shared(each)}"
        (faults if area < EXPLAINED else notes).append(told)
    return Check(
        "Runs that only guess are explained by their settings", tuple(faults), tuple(notes)
    )


def _predictability(runs: Accuracies) -> float:
    """Area under the curve of a forest that predicts failure, configurations kept together."""
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 - takes a second to import
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415
    from sklearn.model_selection import GroupKFold, cross_val_predict  # noqa: PLC0415

    features = []
    for values in runs.settings.values():
        if values.dtype.kind == "f":
            features.append(values)
        else:
            features += [values == level for level in np.unique(values)]
    forest = RandomForestClassifier(n_estimators=100, min_samples_leaf=3, random_state=0)
    folds = GroupKFold(5).split(runs.failed, groups=runs.configurations)
    table = np.column_stack(features).astype(np.float64)
    told = cross_val_predict(forest, table, runs.failed, cv=folds, method="predict_proba")
    return float(roc_auc_score(runs.failed, told[:, 1]))


def _shared(runs: Accuracies) -> str:
    """The settings, of one parameter or two, that failures share beyond all others."""
    groups = {
        f"{name} {level}": labels == level
        for name, values in runs.settings.items()
        for labels in [_levels(values)]
        for level in np.unique(labels)
    }
    groups |= {
        f"{one} with {other}": groups[one] & groups[other]
        for one, other in itertools.combinations(groups, 2)
        if (groups[one] & groups[other]).any()
    }
    failed = runs.failed
    surprise = {
        name: stats.hypergeom.logsf(
            int((members & failed).sum()) - 1, len(failed), int(failed.sum()), int(members.sum())
        )
        for name, members in groups.items()
    }
    found = sorted(surprise, key=lambda name: (surprise[name], name))[:MOST_SHARED]
    return "; ".join(
        f"{(groups[name] & failed).sum():,} of {groups[name].sum():,} with {name}" for name in found
    )


def _levels(values: NDArray[Any]) -> NDArray[np.str_]:
    """The value of each run; a number is named by its quarter."""
    if values.dtype.kind != "f":
        return values.astype(str)
    ends = np.quantile(values, [0, 0.25, 0.5, 0.75, 1])
    place = np.clip(np.searchsorted(ends, values, side="right") - 1, 0, 3)
    names = [f"{low:.2g} to {high:.2g}" for low, high in itertools.pairwise(ends)]
    return np.array(names)[place]


def _cited(figure: Figure) -> str:
    return f"{figure.accuracy:.1%} is reached by {figure.source}"
