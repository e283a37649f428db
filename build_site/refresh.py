"""Bring a site up to date: nothing is built, nor what can build imported, if nothing changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from build_site.inputs import check_build_date, check_paths
from build_site.page_limit import PAGE_RUNS
from build_site.provenance import ROOT, SITE_URL, is_recorded, program_checksum, provenance
from build_site.publishing import is_whole
from build_site.refusals import Refused


class NothingToShow(Refused):
    """No study was named, and there is none to take instead."""


@dataclass(frozen=True)
class StudyRuns:
    """How many runs of a study ended."""

    name: str
    runs: int


def refresh(
    studies: Sequence[Path],
    out: Path,
    *,
    site_url: str = "",
    afresh: bool = False,
    previous: Path | None = None,
    page_runs: int = PAGE_RUNS,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[StudyRuns, ...] | None:
    """Build the site `out` of `studies`, unless it was built from the same already.

    Args:
        studies: .duckdb files, or folders exported from them.
        out: the folder of the site.
        site_url: the address it will have, with a slash at the end; it works anywhere without.
        afresh: build in any case, and use nothing again that was computed before.
        previous: where the site that is replaced stays; without it, it is removed.
        page_runs: the most runs that a page carries; of more, a random sample.
        say: is told what is being done.

    Returns:
        What it shows; None if it was up to date.

    Raises:
        Refused: if it cannot be built; what is in `out` is then as it was.
    """
    check_paths(*studies, out)
    check_build_date()
    options: tuple[tuple[str, str], ...] = ((SITE_URL, site_url),) if site_url else ()
    if page_runs != PAGE_RUNS:
        options += (("page_runs", str(page_runs)),)
    # Before the rest of the program is imported: what is edited after that is not what is run.
    code = program_checksum()
    if not afresh and _is_current(studies, out, options, code):
        return None
    say("starting")
    # Bokeh, MkDocs and SciPy take seconds to import.
    from build_site.site import Plan, build_site  # noqa: PLC0415

    plan = Plan(studies, out, code, options, afresh, previous, page_runs)
    return tuple(StudyRuns(each.name, each.runs) for each in build_site(plan, say))


def _is_current(
    studies: Sequence[Path], out: Path, options: Sequence[tuple[str, str]], code: str
) -> bool:
    try:
        return is_whole(out) and is_recorded(out, provenance(studies, options, code))
    except OSError:  # what is wrong with a study is said when it is opened
        return False


def shipped_studies() -> list[Path]:
    """The studies under data/, by name.

    Raises:
        NothingToShow: if there is none.
    """
    found = sorted(path.parent for path in (ROOT / "data").glob("*/study.parquet"))
    if not found:
        raise NothingToShow(f"there is no study under {ROOT / 'data'}; name one with --study PATH")
    return found
