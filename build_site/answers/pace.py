"""How fast the runs of a study were trained, in words."""

from dataclasses import dataclass

from build_site.metrics.throughput import Throughput, throughput
from build_site.rendering import NOTHING, percent
from build_site.study import Study


@dataclass(frozen=True)
class PaceRow:
    """How fast one kind of device trained the runs of a study, in words."""

    study: str
    device: str
    runs: str
    days: str
    active: str
    runs_per_hour: str
    images_per_second: str
    share_of_peak: str
    processes: str


def pace_rows(study: Study) -> tuple[PaceRow, ...]:
    """One for each kind of device; none for a study that does not record when it was trained."""
    return tuple(_pace_row(study.title, each) for each in throughput(study))


def _pace_row(title: str, pace: Throughput) -> PaceRow:
    first, last = pace.first_day, pace.last_day
    images, share = pace.images_per_second, pace.share_of_peak
    return PaceRow(
        study=title,
        device=pace.device,
        runs=f"{pace.runs:,}",
        days=first if first == last else f"{first} to {last}",
        active=f"{pace.active_seconds / 3600:,.1f} h",
        runs_per_hour=_figure(pace.runs_per_hour),
        images_per_second=NOTHING if images is None else _figure(images),
        share_of_peak=NOTHING if share is None else percent(share),
        processes=f"{pace.processes:.1f}",
    )


def _figure(value: float) -> str:
    """Three digits, or all before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
