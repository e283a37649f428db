"""Studies at the edges of what a site must show, each in a real DuckDB file.

EDGES names them; `write` makes one. Runs are drawn with a fixed seed, and have learning curves.
"""

import json
import random
from dataclasses import dataclass
from pathlib import Path

import duckdb
from studies import SCHEMA

from build_site.study import quoted

ATTACK = "<img src=x onerror=alert(1)>"
SCRIPT = "</script><script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://example.org","x")'
RIGHT_TO_LEFT = "\u200fשלום עולם\u200f מערך"  # noqa: RUF001 - meant to be Hebrew
TEX = r"$$\frac{1}{2}$$ and \(x\)"
MARKDOWN = "\x7f\uffff [click](javascript:alert(1)) ![x](x.png) \n---\n# x"  # DEL is not YAML
LONG = "a name that never seems to end " * 9 + "x" * 40  # 319 characters


@dataclass(frozen=True)
class Parameter:
    """A hyper-parameter, and the values that runs draw from; None among them is a missing one."""

    name: str
    values: tuple[str | float | None, ...]
    label: str = ""
    kind: str = "categorical"
    scale: str = "linear"
    labels: tuple[str, ...] | None = None
    description: str = ""
    unused: tuple[str, ...] = ()  # values that no run has

    @property
    def type(self) -> str:
        """Of its column in table run."""
        return "DOUBLE" if self.kind == "numeric" else "VARCHAR"

    @property
    def known(self) -> list[str] | None:
        """Its values as table parameter lists them."""
        if self.kind == "numeric":
            return None
        return [str(v) for v in (*self.values, *self.unused) if v is not None]


@dataclass(frozen=True)
class Edge:
    """What is unusual about a study; the rest is as plain as can be."""

    parameters: tuple[Parameter, ...]
    datasets: tuple[str, ...] = ("Easy", "Hard")
    runs: int = 60  # on each data set
    diverged: float = 0.1  # the share of them that diverges
    chance: float | None = 0.1  # on every data set
    direction: str = "maximize"
    metric: str = "test_accuracy"
    metric_label: str = "Test accuracy"
    title: str = "A study at the edge"
    description: str = "For tests."
    source: str = "A test."  # of the images of every data set
    provenance: str = "[]"
    prefix: str = "data"  # of the names of data sets


OPTIMIZER = Parameter("optimizer", ("adam", "sgd", "rmsprop"), "Optimizer")
ACTIVATION = Parameter("activation", ("relu", "tanh"), "Activation")
DEPTH = Parameter("depth", (1.0, 2.0, 4.0), "Depth", kind="numeric")
RATE = Parameter(
    "rate", tuple(10 ** (-step / 9) for step in range(9, 45)), "Rate", "numeric", "log"
)
HOSTILE = Parameter(
    "hostile",
    ("a", "b", "c", "d", "e", "f"),
    ATTACK,
    labels=(ATTACK, SCRIPT, FORMULA, RIGHT_TO_LEFT, LONG, TEX),
    description=f"{ATTACK} {SCRIPT}",
)

# Studies have several edges where none hides another: pages take long to open.
EDGES = {
    "one parameter": Edge((OPTIMIZER,)),
    "one parameter of one value": Edge((Parameter("optimizer", ("adam",), "Optimizer"),)),
    "one value": Edge(
        (
            Parameter("optimizer", ("adam",), "Optimizer"),
            ACTIVATION,
            Parameter("schedule", (None,), "Schedule", unused=("cosine",)),  # that no run has
        )
    ),
    "forty values of a loss": Edge(
        (
            Parameter("many", tuple(f"value {n}" for n in range(40)), "Many"),
            ACTIVATION,
            DEPTH,
            RATE,
        ),
        runs=200,
        chance=None,
        direction="minimize",
        metric="train_loss",
        metric_label="Training loss",
    ),
    "missing values, odd names": Edge(
        (
            Parameter("optimizer", ("adam", "sgd", None), "Optimizer"),
            Parameter("rate", (*RATE.values, None, None), "Rate", "numeric", "log"),
            Parameter("constructor", ("a", "b"), "Constructor"),
            Parameter("__proto__", ("x", "y"), "Prototype"),
        ),
        datasets=("Only",),
    ),
    "no runs": Edge((OPTIMIZER, ACTIVATION), datasets=("Only",), runs=0),
    "all diverged": Edge((OPTIMIZER, RATE), diverged=1.0),
    "few runs": Edge((OPTIMIZER, ACTIVATION), runs=2, diverged=0.0),
    "hostile labels": Edge(
        (
            HOSTILE,
            Parameter("long", ("x", "y"), LONG, labels=(RIGHT_TO_LEFT, FORMULA)),
            ACTIVATION,
            Parameter(f'../../"{ATTACK}', ("'; DROP TABLE run; --", "../../etc"), "A hostile name"),
        ),
        datasets=(ATTACK, LONG, RIGHT_TO_LEFT, FORMULA),
        metric_label=f"{ATTACK} {TEX} accuracy",
        title=f"{ATTACK} {MARKDOWN} {LONG}",
        description=f"{ATTACK} {SCRIPT} {TEX} {MARKDOWN} {{{{ 7 * 7 }}}}",
        source=f"{ATTACK} [here](javascript:alert(1)) `{SCRIPT}`",
        provenance=json.dumps([{ATTACK: SCRIPT, "seed": [ATTACK, {FORMULA: TEX}]}]),
        prefix=f"../../{ATTACK}",
    ),
}


def write(name: str, path: Path) -> Path:
    """Write the study EDGES[name] to `path` and return that."""
    edge = EDGES[name]
    generator = random.Random(name)  # noqa: S311 - no secret
    with duckdb.connect(str(path)) as database:
        database.execute(SCHEMA.read_text(encoding="utf-8"))
        database.execute(
            "INSERT INTO study VALUES (1, 'edge', ?, ?, ?, ?, ?, TIMESTAMP '2026-01-01', ?)",
            [
                *(edge.title, edge.description, edge.metric, edge.metric_label, edge.direction),
                edge.provenance,
            ],
        )
        for place, parameter in enumerate(edge.parameters):
            _add_parameter(database, place, parameter)
        for place, label in enumerate(edge.datasets):
            database.execute(
                "INSERT INTO dataset VALUES (?, ?, 10, ?, 100, 100, [32, 32, 3], ?, '')",
                [f"{edge.prefix}{place}", label, edge.chance, edge.source],
            )
        rows = [
            _run(edge, generator, place, number)
            for place in range(len(edge.datasets))
            for number in range(edge.runs)
        ]
        kinds = {
            **dict.fromkeys(("run_id", "config_id", "dataset", "status"), "VARCHAR"),
            "test_accuracy": "DOUBLE",
            "train_loss": "DOUBLE",
            "epochs": "INTEGER",
            **{parameter.name: parameter.type for parameter in edge.parameters},
        }
        columns = ", ".join(f"unnest(?::{kind}[]) AS {quoted(n)}" for n, kind in kinds.items())
        database.execute(
            f"INSERT INTO run BY NAME SELECT {columns}",
            [[row[place] for row in rows] for place in range(len(kinds))],
        )
        database.execute(
            "INSERT INTO epoch SELECT run_id, unnest([1, 2, 3]) AS epoch, "
            "train_loss * (2 - epoch / 3), NULL, test_accuracy * epoch / 3 FROM run"
        )
    return path


def _add_parameter(database: duckdb.DuckDBPyConnection, place: int, parameter: Parameter) -> None:
    database.execute(f"ALTER TABLE run ADD COLUMN {quoted(parameter.name)} {parameter.type}")
    labels = list(parameter.labels) if parameter.labels else None
    database.execute(
        "INSERT INTO parameter VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)",
        [
            place,
            parameter.name,
            parameter.label,
            parameter.kind,
            parameter.scale,
            parameter.known,
            labels,
            parameter.description,
        ],
    )


def _run(edge: Edge, generator: random.Random, place: int, number: int) -> list[object]:
    values = [generator.choice(parameter.values) for parameter in edge.parameters]
    diverged = generator.random() < edge.diverged
    accuracy = min(1.0, max(0.0, generator.gauss(0.8 - 0.2 * place, 0.1)))
    return [
        f"run-{place}-{number:04}",
        "c" + "-".join(map(str, values)),
        f"{edge.prefix}{place}",
        "diverged" if diverged else "completed",
        None if diverged else accuracy,
        None if diverged else 3 - 2 * accuracy,
        3,
        *values,
    ]
