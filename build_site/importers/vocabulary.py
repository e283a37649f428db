"""The words by which columns and values are recognised."""

import re
from collections.abc import Sequence

from build_site.importers.columns import Direction

ACCURACIES = frozenset({"acc", "accuracy", "top1", "acc1"})
MAXIMIZED = ACCURACIES | {
    *("auc", "auroc", "auprc", "ap", "map", "f1", "fscore", "precision", "recall", "score"),
    *("reward", "return", "r2", "bleu", "rouge", "iou", "miou", "dice", "mcc", "kappa", "psnr"),
    *("ssim", "throughput", "top5", "ndcg", "mrr", "likelihood"),
}
MINIMIZED = frozenset(
    {
        *("loss", "error", "err", "mse", "rmse", "mae", "mape", "nll", "perplexity", "ppl"),
        *("latency", "regret", "wer", "cer", "fid", "bpb", "bpc", "logloss", "crossentropy"),
        *("deviance", "brier", "cost"),
    }
)
NEGATED = frozenset({"neg", "negative"})
# Words of results that are compared only if the user says so.
SIDE_RESULTS = frozenset(
    {
        *("time", "seconds", "duration", "runtime", "latency", "elapsed", "walltime", "timestamp"),
        *("date", "flops", "macs", "memory", "size_mb", "wall", "fps", "throughput", "watts"),
        *("energy", "created", "updated", "started", "finished"),
    }
)
SIDE_NAMES = frozenset({"model_size", "params", "n_params", "num_params", "parameters", "gpu"})
PARTS = (
    frozenset({"test"}),
    frozenset({"val", "valid", "validation", "dev", "eval", "holdout", "heldout"}),
    frozenset[str](),
    frozenset({"train", "training"}),
)
VAGUE = frozenset({"score", "metric", "objective", "value", "target", "result", "fitness"})

DATASETS: tuple[str, ...] = (
    "dataset",
    "data_set",
    "dataset_name",
    "data",
    "task",
    "task_name",
    "task_id",
)
DATASETS += ("problem", "benchmark", "corpus", "dataset_id")
SEEDS: tuple[str, ...] = (
    "seed",
    "random_seed",
    "rng_seed",
    "random_state",
    "trial_seed",
    "manual_seed",
    "replicate",
)
STATUSES: tuple[str, ...] = ("status", "state", "run_status", "trial_status")
COSTS: tuple[str, ...] = (
    "seconds",
    "duration",
    "runtime",
    "train_time",
    "training_time",
    "time_total_s",
    "walltime",
)
COSTS += ("wall_time", "elapsed", "elapsed_time", "time", "time_s", "total_time", "_runtime")
COSTS += ("train_seconds", "duration_s", "runtime_s")
EPOCHS: tuple[str, ...] = ("epoch", "step", "_step", "training_iteration", "iteration")
RUNS: tuple[str, ...] = (
    "run_id",
    "trial_id",
    "id",
    "uid",
    "uuid",
    "run",
    "trial",
    "number",
    "run_name",
    "name",
)
RUNS += ("trial_number", "experiment_id", "index", "job_id", "column0", "unnamed_0")

# Verdicts on words for how a run ended.
VERDICTS = {
    "completed": (
        *("complete", "completed", "finished", "finish", "success", "successful", "succeeded"),
        *("ok", "done", "terminated", "true", "ended"),
    ),
    "diverged": ("diverged", "nan", "exploded", "divergent"),
    "failed": (
        *("fail", "failed", "failure", "error", "errored", "crash", "crashed", "memoryout", "oom"),
        *("timeout", "aborted", "killed", "false"),
    ),
    "unfinished": (
        *("running", "waiting", "pending", "scheduled", "queued", "pruned", "stopped", "paused"),
        *("unfinished", "not evaluated", "started", "preempted", "stopping", "stop", "preempting"),
    ),
}


def verdict(word: str) -> str | None:
    """What a word says of a run: completed, diverged, failed, unfinished; None if unknown."""
    plain = word.strip().lower().replace("_", " ").rpartition(".")[2]
    return next((name for name, words in VERDICTS.items() if plain in words), None)


def words_of(name: str) -> list[str]:
    """The words of a name: valAcc, val_acc and val/acc are val and acc."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word for word in re.split(r"[^a-z0-9]+", spaced.lower()) if word]


def direction_of(name: str) -> Direction | None:
    """Whether more or less is better; None if the name does not tell."""
    words = set(words_of(name))
    more, less = bool(words & (MAXIMIZED - {"score"})), bool(words & MINIMIZED)
    if not more and not less:
        more = "score" in words
    if "time" in words and not more:
        less = True
    if more and less and "rate" not in words:
        return None
    if less and words & NEGATED:
        return "maximize"
    return "minimize" if less else "maximize" if more else None


def rank_as_metric(name: str) -> tuple[int, int] | None:
    """How likely a result is the one to compare, the least first; None if it is not by its name."""
    words = set(words_of(name))
    measures = (
        bool(words & ACCURACIES) and not words & {"error", "loss"},
        bool(words & (MAXIMIZED - {"score", "map", "ap", "return"})),
        bool(words & MINIMIZED),
        bool(words & (VAGUE | {"map", "ap", "return"})),
    )
    if not any(measures):
        return None
    if words & SIDE_RESULTS and not words & (ACCURACIES | {"loss", "error"}):
        return None
    part = next((n for n, known in enumerate(PARTS) if words & known), 2)
    return measures.index(True), part


def is_named(name: str, known: Sequence[str]) -> int | None:
    """The place of a name among known ones, whatever separates its words."""
    plain = "_".join(words_of(name))
    if name in known:
        return known.index(name)
    return known.index(plain) if plain in known else None


def is_side_result(name: str) -> bool:
    """Whether a name is that of a measurement beside the metric, and not of a parameter."""
    words = set(words_of(name))
    return bool(words & SIDE_RESULTS) or is_named(name, tuple(sorted(SIDE_NAMES))) is not None
