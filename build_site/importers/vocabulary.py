"""The words by which columns and values are recognised."""

import re
from collections.abc import Sequence

from build_site.importers.columns import Direction

ACCURACIES = frozenset({"acc", "accuracy", "top1", "acc1"})
MAXIMIZED = ACCURACIES | {
    *("auc", "auroc", "auprc", "ap", "map", "f1", "fscore", "precision", "recall", "score"),
    *("reward", "return", "r2", "bleu", "rouge", "iou", "miou", "dice", "mcc", "kappa", "psnr"),
    *("ssim", "throughput", "top5", "ndcg", "mrr", "likelihood", "sensitivity", "specificity"),
    *("pearson", "spearman", "correlation"),
}
MINIMIZED = frozenset(
    {
        *("loss", "error", "err", "mse", "rmse", "mae", "mape", "nll", "perplexity", "ppl"),
        *("latency", "regret", "wer", "cer", "fid", "bpb", "bpc", "logloss", "crossentropy"),
        *("deviance", "brier", "cost", "ece", "eer", "smape", "rmsle", "mase", "lpips", "bpd"),
    }
)
NEGATED = frozenset({"neg", "negative"})
# Words of results that are compared only if the user says so, or if there is no other.
SIDE_RESULTS = frozenset(
    {
        *("time", "seconds", "duration", "runtime", "latency", "elapsed", "walltime", "timestamp"),
        *("date", "flops", "macs", "memory", "size_mb", "wall", "fps", "throughput", "watts"),
        *("energy", "created", "updated", "started", "finished", "ms", "inference", "mem"),
        *("kb", "mb", "gb", "bytes", "gflops", "mflops", "gmacs", "mmacs"),
    }
)
# Times that are measured only if nothing but what took them stands beside: gpu_hours, and not
# window_hours.
LONG_TIMES = frozenset({"hours", "hrs", "minutes", "mins"})
TIMED = frozenset(
    {"gpu", "cpu", "tpu", "train", "training", "fit", "run", "total", "compute", "eval"}
)
SCALES = frozenset({"k", "m", "b", "million", "millions"})  # after a number of parameters
SIDE_NAMES = frozenset(
    {
        *("model_size", "params", "n_params", "num_params", "parameters", "num_parameters", "gpu"),
        *("n_parameters", "param_count", "total_params", "trainable_params", "best_epoch"),
        *("best_step", "best_iteration", "stopped_epoch", "last_epoch"),
    }
)
# Words by which a name with a metric in it is a setting: loss_weight, score_threshold.
SETTINGS = frozenset(
    {
        *("weight", "weights", "coef", "coeff", "coefficient", "scale", "scaling", "alpha"),
        *("lambda", "lambd", "threshold", "margin", "fn", "function", "type", "kind", "penalty"),
        *("factor", "clip", "clipping", "patience", "temperature", "smoothing", "reduction"),
        *("tolerance", "tol", "name", "limit", "horizon"),
    }
)
# Last words by which a name with a measurement in it, or what may be one, is a setting: time_steps,
# memory_size, map_size.
SETTING_ENDS = frozenset({"steps", "size", "budget"})
# Words by which it says how a metric varies, or ranks.
SPREADS = frozenset(
    {"std", "stdev", "stddev", "sem", "stderr", "var", "variance", "rank", "ci", "iqr"}
)
MEANS = frozenset({"mean", "avg", "average"})
BOOKKEEPING = frozenset(
    {
        *("host", "hostname", "node", "machine", "server", "user", "username", "author", "branch"),
        *("commit", "sha", "git", "cmd", "command", "command_line", "argv", "note", "notes"),
        *("comment", "comments", "description", "tag", "tags", "email", "url", "logdir"),
        *("remark", "remarks"),
    }
)
# What says how a run ended, and words for an error that do if not each run has one.
ENDINGS = frozenset(
    {
        *("exit_code", "exitcode", "return_code", "returncode", "error_message", "error_msg"),
        *("exception", "traceback", "stderr", "failure_reason", "stop_reason"),
    }
)
ERRORS = frozenset({"error", "errors", "err"})
# Words for when something was, if the values are times too.
MOMENTS = frozenset({"ts", "start", "end", "begin", "stop", "at"})
# The last word of texts that say where something is.
PLACES = frozenset({"dir", "directory", "path", "folder", "filename", "url", "host", "hash"})
PARTS = (
    frozenset({"test"}),
    frozenset({"val", "valid", "validation", "dev", "eval", "holdout", "heldout"}),
    frozenset[str](),
    frozenset({"train", "training"}),
)
VAGUE = frozenset({"score", "metric", "objective", "value", "target", "result", "fitness"})
DOUBTFUL = VAGUE | {"map", "ap", "return", "cost"}  # that settings are called too

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
SEEDS += ("torch_seed", "model_seed", "init_seed", "train_seed", "global_seed", "seed_everything")
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
COSTS += ("train_seconds", "duration_s", "runtime_s", "train_time_s", "training_time_s", "time_sec")
COSTS += ("time_seconds", "total_seconds", "elapsed_s", "elapsed_seconds", "mean_fit_time")
EPOCHS: tuple[str, ...] = ("epoch", "step", "_step", "training_iteration", "iteration")
EPOCHS += ("global_step", "trainer_global_step", "train_epoch", "train_global_step")
EPOCHS += ("current_epoch", "current_step")
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
RUNS += ("trial_number", "experiment_id", "index", "job_id", "column0", "unnamed_0", "config_id")
RUNS += ("exp", "exp_id", "exp_name", "experiment", "experiment_name", "job", "jobid")
RUNS += (
    "no",
    "nr",
    "row",
    "idx",
    "id_run",
    "run_no",
    "run_nr",
    "run_number",
    "run_index",
    "run_idx",
)
RUNS += ("trial_no", "trial_nr", "trial_index", "trial_idx", "exp_no", "exp_nr", "exp_number")
RUNS += ("experiment_no", "experiment_nr", "experiment_number", "job_no", "row_id", "row_number")

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
    if more and words & NEGATED:  # the recall of a negative class is no negative recall
        return "minimize" if "likelihood" in words else None
    return "minimize" if less else "maximize" if more else None


# The rank of results that are compared if there is no other: latency_ms.
LAST = 5


def rank_as_metric(name: str) -> tuple[int, int] | None:
    """How likely a result is the one to compare, the least first; None if it is not by its name."""
    words = set(words_of(name))
    measures = _measures(words)
    if not any(measures) or words & (SETTINGS | SPREADS):
        return None
    part = next((n for n, known in enumerate(PARTS) if words & known), 2)
    if words & SIDE_RESULTS and not words & (ACCURACIES | {"loss", "error"}):
        return LAST, part
    return measures.index(True), part


def is_result(name: str) -> bool:
    """Whether a name is that of a result, or of how one varies; its setting is none."""
    words = set(words_of(name))
    if is_doubtful(name) and words_of(name)[-1] in SETTING_ENDS:
        return False
    return any(_measures(words)) and not words & SETTINGS


def is_doubtful(name: str) -> bool:
    """Whether a name is that of a result by words alone that settings are called too."""
    measures = set(words_of(name)) & (MAXIMIZED | MINIMIZED | VAGUE)
    return bool(measures) and measures <= DOUBTFUL


def _measures(words: set[str]) -> tuple[bool, ...]:
    """Whether there is an accuracy, another score, a loss, or what may be one of them."""
    return (
        bool(words & ACCURACIES) and not words & {"error", "loss"},
        bool(words & (MAXIMIZED - {"score", "map", "ap", "return"})),
        bool(words & MINIMIZED),
        bool(words & (VAGUE | {"map", "ap", "return"})),
    )


def is_named(name: str, known: Sequence[str]) -> int | None:
    """The place of a name among known ones, whatever separates its words."""
    plain = "_".join(words_of(name))
    if name in known:
        return known.index(name)
    return known.index(plain) if plain in known else None


def is_progress(name: str) -> bool:
    """Whether a name is that of the epochs or steps that a run has done."""
    return is_named(name, EPOCHS) is not None


def is_seed(name: str) -> bool:
    """Whether a name is that of a seed, be it of one part of a run alone: data_seed."""
    return is_named(name, SEEDS) is not None or words_of(name)[-1:] == ["seed"]


def is_side_result(name: str) -> bool:
    """Whether a name is that of a measurement beside the metric, and not of a parameter."""
    words = words_of(name)
    plain = "_".join(words[:-1] if words[-1:] and words[-1] in SCALES else words)
    if plain in SIDE_NAMES:
        return True
    if set(words) & SETTINGS or set(words[-1:]) & SETTING_ENDS:
        return False
    timed = bool(set(words) & LONG_TIMES) and set(words) <= LONG_TIMES | TIMED
    return timed or bool(set(words) & SIDE_RESULTS)


def is_index(name: str) -> bool:
    """Whether a name is one for numbers or names of rows."""
    return is_named(name, RUNS) is not None or words_of(name)[:1] == ["unnamed"]


def is_ending(name: str, *, is_text: bool, is_everywhere: bool) -> bool:
    """Whether a name is that of what is said of the end of a run, or of some runs."""
    plain = "_".join(words_of(name))
    return plain in ENDINGS or (plain in ERRORS and is_text and not is_everywhere)


def is_moment(name: str) -> bool:
    """Whether a name may be that of a time at which something was."""
    return bool(set(words_of(name)) & MOMENTS)


def is_bookkeeping(name: str, *, is_text: bool) -> bool:
    """Whether a name is that of a note on how a run came about."""
    words = words_of(name)
    return is_text and (
        "_".join(words) in BOOKKEEPING or "git" in words or bool({*words[-1:]} & PLACES)
    )
