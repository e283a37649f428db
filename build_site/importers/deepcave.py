"""DeepCAVE: the folder of a run (meta.json, configspace.json, configs.json, history.jsonl)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from build_site.importers.columns import Column, ImportRefusal, Kind, Scale
from build_site.importers.formats import FileFormat, existing
from build_site.importers.staging import Staged, Staging, as_text, stage_records

FILES = ("meta.json", "configspace.json", "configs.json", "history.jsonl")
# Its numbers for how a trial ended.
STATUS = {
    1: "success",
    2: "timeout",
    3: "memoryout",
    4: "crashed",
    5: "aborted",
    6: "not evaluated",
}


def recognises(where: str) -> bool:
    """Whether it is the folder of a run."""
    path = existing(where)
    return path is not None and all((path / name).is_file() for name in FILES)


def read(staging: Staging, where: str, table: str) -> tuple[Staged, tuple[Column, ...]]:
    """Stage its trials; of a configuration and seed the one with the largest budget counts.

    Raises:
        ImportRefusal: if a file of the folder is damaged.
    """
    folder = Path(where)
    try:
        meta, space, configs = (_json(folder / name) for name in FILES[:3])
        objectives = [(str(o["name"]), o.get("optimize") == "upper") for o in meta["objectives"]]
        history = (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()
        trials = [json.loads(line) for line in history if line.strip()]
        records = list(_records(trials, configs, [name for name, _ in objectives]))
        parameters = [_parameter(definition) for definition in space["hyperparameters"]]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ImportRefusal(
            f"it is no run of DeepCAVE that can be read: one of {', '.join(FILES)} is damaged or "
            "lacks what it should hold"
        ) from error
    staged = stage_records(staging, table, records)
    columns = (
        Column("trial", "trial", "run"),
        Column("budget", "budget", "epoch"),
        Column("seed", "seed", "seed"),
        Column("status", "status", "status"),
        Column("seconds", "seconds", "cost"),
        *(
            Column(f"cost {name}", name, "metric", direction="maximize" if up else "minimize")
            for name, up in objectives
        ),
        *parameters,
    )
    return staged, tuple(column for column in columns if column.name in staged.names)


def _records(
    trials: list[list[Any]], configs: dict[str, dict[str, object]], objectives: list[str]
) -> Iterator[dict[str, object]]:
    for trial in trials:
        # Older runs have no seed between budget and costs.
        config, budget, *others = trial
        seed = others.pop(0) if not isinstance(others[0], list) else -1
        costs, start, end = others[:3]
        status = others[-2]
        yield {
            "trial": f"{config}" if seed == -1 else f"{config}-{seed}",
            "budget": budget if budget is None or abs(float(budget)) < float("inf") else None,
            "seed": None if seed == -1 else seed,
            "status": STATUS.get(status, status),
            "seconds": end - start if end > start else None,
            **{f"cost {name}": cost for name, cost in zip(objectives, costs, strict=True)},
            **{f"config {name}": value for name, value in configs[str(config)].items()},
        }


def _parameter(definition: dict[str, Any]) -> Column:
    choices = definition.get("choices", definition.get("sequence", ()))
    values = tuple(text for choice in choices if (text := as_text(choice)) is not None)
    kind: Kind | None = None
    if definition["type"] == "ordinal":
        kind = "ordinal"
    elif values and not all(isinstance(c, (int, float)) for c in choices):
        kind = "categorical"
    scale: Scale | None = None
    if "log" in definition:
        scale = "log" if definition["log"] else "linear"
    name = str(definition["name"])
    return Column(f"config {name}", name, "parameter", kind, scale, values)


def _json(path: Path) -> Any:  # noqa: ANN401 - whatever JSON holds
    return json.loads(path.read_text(encoding="utf-8"))


DEEPCAVE = FileFormat(
    "deepcave", "DeepCAVE", f"is a folder with {', '.join(FILES)}", recognises, read
)
