"""Ray Tune: `ResultGrid.get_dataframe().to_csv(…)`."""

from collections.abc import Sequence

from build_site.importers.columns import Column, Role
from build_site.importers.formats import TableFormat

PREFIX = "config/"
OWN: dict[str, Role] = {
    "trial_id": "run",
    "training_iteration": "epoch",
    "time_total_s": "cost",
    **dict.fromkeys(
        (
            *(
                "",
                "column0",
                "timestamp",
                "checkpoint_dir_name",
                "done",
                "date",
                "time_this_iter_s",
                "pid",
            ),
            *("hostname", "node_ip", "time_since_restore", "iterations_since_restore", "logdir"),
            *("episodes_total", "experiment_tag", "should_checkpoint", "warmup_time"),
            *("time_since_restore", "timesteps_since_restore", "timesteps_total"),
        ),
        "ignored",
    ),
}


def recognises(names: Sequence[str]) -> bool:
    """Whether these are the columns of a table of Ray Tune's results."""
    return "trial_id" in names and any(name.startswith(PREFIX) for name in names)


def describe(names: Sequence[str]) -> tuple[Column, ...]:
    """Its columns: config/… is the configuration, what training reported are metrics."""
    return tuple(
        Column(name, name.removeprefix(PREFIX), "parameter")
        if name.startswith(PREFIX)
        else Column(name, name, OWN.get(name, "metric"))
        for name in names
    )


RAY_TUNE = TableFormat("ray", "Ray Tune", "has columns config/…", recognises, describe, (PREFIX,))
