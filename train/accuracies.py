"""What accuracies are known to be reachable: data/accuracies.toml, which explains itself."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

KNOWN_ACCURACIES = Path(__file__).parent.parent / "data" / "accuracies.toml"


class AccuraciesError(ValueError):
    """The file cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Figure:
    """An accuracy in [0, 1], and who reached it with what."""

    accuracy: float
    source: str


@dataclass(frozen=True)
class Reachable:
    """What is known of a data set; None where nothing is."""

    least: Figure | None
    such: Figure | None
    most: Figure | None


def read_accuracies(path: Path = KNOWN_ACCURACIES) -> dict[str, Reachable]:
    """By the name of the data set.

    Raises:
        AccuraciesError: if the file cannot be read, or holds anything else.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AccuraciesError(f"{path} cannot be read as a list of accuracies: {error}") from error
    found = {}
    for dataset, table in tables.items():
        kinds = ("least", "such", "most")
        known = {key for kind in kinds for key in (kind, f"{kind}_source")}
        if not isinstance(table, dict) or not set(table) <= known:
            raise AccuraciesError(f"{path}: {dataset} may have {', '.join(sorted(known))}")
        figures = {kind: _figure(table, kind, f"{path}: {dataset}") for kind in kinds}
        found[dataset] = Reachable(**figures)
    return found


def _figure(table: dict[str, object], kind: str, where: str) -> Figure | None:
    accuracy, source = table.get(kind), table.get(f"{kind}_source")
    if accuracy is None and source is None:
        return None
    if isinstance(accuracy, int | float) and 0 <= accuracy <= 1 and isinstance(source, str):
        return Figure(float(accuracy), source)
    raise AccuraciesError(f"{where} needs a share {kind!r} and a text '{kind}_source'")
