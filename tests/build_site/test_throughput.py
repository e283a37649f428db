"""How fast a study was trained is told from what its sweeps recorded, pauses left out."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from studies import Run

from build_site.findings import Findings
from build_site.methods_page import methods_page
from build_site.metrics.throughput import throughput
from build_site.rendering import NOTHING
from build_site.sources import make_section
from build_site.study import open_study

WriteStudy = Callable[..., Path]
SWEEP = {
    "device": "a processor",
    "train_sizes": {"easy": 1000, "hard": 500},
    "operations_per_image": 3e6,
    "peak_operations_per_second": 1e9,
}


@dataclass(frozen=True)
class Trained:
    """A block of two runs, begun some seconds after noon, and how long it took."""

    begin: int
    seconds: float
    dataset: str = "easy"
    device: str = "a processor"
    epochs: int | None = 3


@pytest.fixture
def trained(write_study: WriteStudy) -> Callable[..., Path]:
    """Write a study of such blocks."""

    def write(blocks: Sequence[Trained], sweeps: object = (SWEEP,)) -> Path:
        path = write_study(*(Run(block.dataset) for block in blocks for _ in range(2)))
        with duckdb.connect(str(path)) as database:
            database.execute("UPDATE study SET provenance = ?", [json.dumps(sweeps)])
            for number, block in enumerate(2 * [block] for block in blocks):
                for place, each in enumerate(block):
                    database.execute(
                        "UPDATE run SET seconds = ?, started_at = TIMESTAMP '2026-05-01 12:00:00' "
                        "+ to_seconds(?), device = ?, epochs = ? WHERE run_id = ?",
                        [
                            each.seconds / 2,
                            each.begin,
                            each.device,
                            each.epochs,
                            f"run-{2 * number + place:04}",
                        ],
                    )
        return path

    return write


def test_pauses_do_not_count_and_what_overlaps_counts_once(trained: Callable[..., Path]) -> None:
    path = trained([Trained(0, 60), Trained(0, 100, "hard"), Trained(90, 20), Trained(500, 40)])
    (pace,) = throughput(open_study(path))
    assert pace.active_seconds == pytest.approx(110 + 40)
    assert pace.process_seconds == pytest.approx(60 + 100 + 20 + 40)
    assert pace.processes == pytest.approx(220 / 150)
    assert (pace.runs, pace.runs_per_hour) == (8, pytest.approx(8 / 150 * 3600))
    assert pace.images == 6 * 3 * 1000 + 2 * 3 * 500
    assert pace.images_per_second == pytest.approx(21_000 / 150)
    assert pace.share_of_peak == pytest.approx(21_000 / 150 * 3e6 / 1e9)


def test_blocks_trained_as_one_take_their_time_together(trained: Callable[..., Path]) -> None:
    (pace,) = throughput(open_study(trained([Trained(0, 30), Trained(0, 30), Trained(0, 30)])))
    assert (pace.active_seconds, pace.processes) == (pytest.approx(90), pytest.approx(1))


def test_each_device_has_a_pace_and_a_peak_of_its_own(trained: Callable[..., Path]) -> None:
    blocks = [Trained(0, 60), Trained(0, 10, device="a GPU"), Trained(99, 60)]
    slower = {**SWEEP, "peak_operations_per_second": 5e8}  # a busy moment
    slow, fast = throughput(open_study(trained(blocks, [slower, SWEEP])))
    assert [(slow.device, slow.runs), (fast.device, fast.runs)] == [
        ("a processor", 4),
        ("a GPU", 2),
    ]
    assert (slow.peak, fast.peak, fast.share_of_peak) == (1e9, None, None)
    assert fast.images_per_second == pytest.approx(600)


@pytest.mark.parametrize(
    "sweeps",
    [
        {},
        ["text", 3, None],
        [{"train_sizes": [1], "operations_per_image": "many", "device": "a processor"}],
        [{**SWEEP, "operations_per_image": True, "train_sizes": {"easy": -1}}],
        [SWEEP, {**SWEEP, "train_sizes": {"easy": 2000}}],
    ],
)
def test_what_is_not_recorded_is_not_told(trained: Callable[..., Path], sweeps: object) -> None:
    (pace,) = throughput(open_study(trained([Trained(0, 60)], sweeps)))
    assert (pace.images_per_second, pace.share_of_peak) == (None, None)
    assert pace.runs_per_hour == pytest.approx(120)


def test_runs_of_unknown_length_have_no_images(trained: Callable[..., Path]) -> None:
    (pace,) = throughput(open_study(trained([Trained(0, 60), Trained(70, 60, epochs=None)])))
    assert pace.images is None


def test_methods_show_it_where_it_is_recorded(
    trained: Callable[..., Path], write_study: WriteStudy, tmp_path: Path
) -> None:
    path = trained([Trained(0, 36, device="<a> processor")], [])
    page = methods_page([make_section(Findings(open_study(path)), tmp_path / "trained")])
    assert "How fast they were trained" in page
    assert "&lt;a&gt; processor" in page
    assert '<td data-label="Trainings an hour">200</td>' in page
    assert f'<td data-label="Share of the peak">{NOTHING}</td>' in page
    timeless = Findings(open_study(write_study(Run(), name="timeless")))
    assert "How fast" not in methods_page([make_section(timeless, tmp_path / "timeless")])
