"""Small studies in real DuckDB files, written by hand through the contract alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

SCHEMA = Path(__file__).parents[2] / "data" / "schema.sql"


@dataclass
class Run:
    """One run; what a test does not care about has a harmless value."""

    dataset: str = "easy"
    accuracy: float | None = 0.5
    optimizer: str | None = "adam"
    learning_rate: float | None = 1e-3
    status: str = "completed"


FOUR_RUNS = (
    Run("easy", 0.9),
    Run("easy", 0.7, "rmsprop"),
    Run("hard", 0.4),
    Run("hard", 0.3, "rmsprop"),
)


@dataclass
class StudyFile:
    """What goes into a study file."""

    runs: Sequence[Run]
    name: str = "tiny"
    title: str = "A tiny study"
    direction: str = "maximize"
    chances: dict[str, float | None] = field(default_factory=lambda: {"easy": 0.1, "hard": 0.1})

    def write(self, path: Path) -> Path:
        with duckdb.connect(str(path)) as database:
            database.execute(SCHEMA.read_text(encoding="utf-8"))
            database.execute("ALTER TABLE run ADD COLUMN optimizer VARCHAR")
            database.execute("ALTER TABLE run ADD COLUMN learning_rate DOUBLE")
            database.execute(
                "INSERT INTO study VALUES (1, ?, ?, 'For tests.', 'test_accuracy', "
                "'Test accuracy', ?, TIMESTAMP '2026-01-01', ?)",
                [self.name, self.title, self.direction, json.dumps([])],
            )
            database.execute(
                "INSERT INTO parameter VALUES "
                "(0, 'optimizer', 'Optimizer', 'categorical', 'linear', "
                "['adam', 'rmsprop', 'momentum_sgd'], NULL, 'adam', ''), "
                "(1, 'learning_rate', 'Learning rate', 'numeric', 'log', NULL, NULL, NULL, '')"
            )
            for name, chance in self.chances.items():
                database.execute(
                    "INSERT INTO dataset VALUES "
                    "(?, ?, 10, ?, 100, 100, [32, 32, 3], 'A test.', '')",
                    [name, name.title(), chance],
                )
            database.execute(
                "INSERT INTO run BY NAME SELECT 'run-' || lpad(unnest($number)::VARCHAR, 4, '0') "
                "AS run_id, 'c' AS config_id, unnest($dataset) AS dataset, "
                "unnest($status) AS status, unnest($accuracy::DOUBLE[]) AS test_accuracy, "
                "unnest($optimizer::VARCHAR[]) AS optimizer, "
                "unnest($learning_rate::DOUBLE[]) AS learning_rate",
                {
                    "number": list(range(len(self.runs))),
                    "dataset": [run.dataset for run in self.runs],
                    "status": [run.status for run in self.runs],
                    "accuracy": [run.accuracy for run in self.runs],
                    "optimizer": [run.optimizer for run in self.runs],
                    "learning_rate": [run.learning_rate for run in self.runs],
                },
            )
        return path
