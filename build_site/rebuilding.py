"""Rebuild a published site unattended, keep what it replaces, and log what was done in a line."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from build_site.inputs import check_paths
from build_site.page_limit import PAGE_RUNS
from build_site.provenance import study_checksum
from build_site.publishing import BusyError, SiteError, check_replaceable, is_whole, workshop
from build_site.refresh import refresh, shipped_studies

BUSY = 75  # exit code: try again later (EX_TEMPFAIL of sysexits.h)
DIGITS = 12  # of a checksum, enough to tell versions apart


def previous_of(out: Path) -> Path:
    """Where the site stays that a rebuild of `out` replaces.

    Raises:
        SiteError: if nothing can lie beside `out`, the root of all folders.
    """
    if not out.name:
        raise SiteError(f"{out} cannot hold a site; choose another --out")
    return out.with_name(f"{out.name}.previous")


def rebuild(
    studies: Sequence[Path],
    out: Path,
    log: Path | None,
    *,
    site_url: str = "",
    afresh: bool,
    page_runs: int = PAGE_RUNS,
    say: Callable[[str], None],
    was_interrupted: Callable[[], bool] = lambda: False,
) -> None:
    """Build the site `out` of `studies` if anything changed, and log it.

    Args:
        studies: .duckdb files, or folders exported from them; none for those under data/.
        out: the folder of the site.
        log: the file that gets a line more; without it, or if it has no room, the line is printed.
        site_url: the address it will have, with a slash at the end; it works anywhere without.
        afresh: build in any case.
        page_runs: the most runs that a page carries.
        say: is told what is being done.
        was_interrupted: whether an error is what became of an interruption on its way.

    Raises:
        BusyError: if another process builds the site.
        Refused: if it cannot be built, or the log not be opened; it is then as it was.
    """
    if log is not None:
        _append(log, "")
    start = time.monotonic()
    result, reason = "failed", ""
    chosen = list(studies)
    try:
        chosen = chosen or shipped_studies()
        built = refresh(
            chosen,
            out,
            site_url=site_url,
            afresh=afresh,
            previous=previous_of(out),
            page_runs=page_runs,
            say=say,
        )
        result = "unchanged" if built is None else "published"
    except BusyError:
        result = "busy"
        raise
    except BaseException as error:
        if was_interrupted() or isinstance(error, KeyboardInterrupt):
            result = "stopped"
        else:
            reason = str(error) or type(error).__name__
        raise
    finally:
        _tell(_line(result, out, chosen, time.monotonic() - start, reason), log)


def _tell(line: str, log: Path | None) -> None:
    if log is None:
        print(line, flush=True)  # noqa: T201 - for the journal of the system
        return
    try:
        _append(log, line)
    except SiteError as error:  # there is no room, but what was done is done
        print(error, line, sep="\n", file=sys.stderr)  # noqa: T201


def _append(log: Path, line: str) -> None:
    """Add a line in one piece, for others may add theirs.

    Raises:
        SiteError: if the file cannot be written.
    """
    try:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n" if line else "")
    except OSError as error:
        raise SiteError(f"cannot write {log}: {error.strerror}") from error


def restore(out: Path) -> None:
    """Let a site and the one that it replaced trade places.

    Raises:
        InputError: if its path is not UTF-8.
        BusyError: if another process builds the site.
        SiteError: if none was replaced, it is damaged, or they cannot be written.
    """
    check_paths(out)
    previous = previous_of(out)
    try:
        if not previous.is_dir():
            raise SiteError(f"there is no {previous}, which a rebuild that replaces a site leaves")
        for folder in (out, previous):
            check_replaceable(folder)
        with workshop(out) as place:
            if not is_whole(previous):
                raise SiteError(f"{previous} is not as it was built, so {out} stays as it is")
            if not out.exists():
                previous.rename(out)
            else:
                place.trade(previous)
    except OSError as error:
        raise SiteError(f"cannot write {out}: {error.strerror}") from error


def _line(result: str, out: Path, studies: Sequence[Path], seconds: float, reason: str) -> str:
    """Such as 2026-11-23T04:17:09Z published site=/srv/site seconds=8.4 cnn=1a2b3c4d5e6f."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    hashes = [f"{_word(study.stem)}={_hash(study)}" for study in studies]
    why = [f"reason={json.dumps(reason, ensure_ascii=False)}"] if reason else []
    return " ".join(
        [now, result, f"site={_word(str(out))}", f"seconds={seconds:.1f}", *hashes, *why]
    )


def _word(text: str) -> str:
    """A text in a line of words: in quotes, as in JSON, if it is not plainly one."""
    plain = text.isprintable() and not set(text) & set(' "=')
    return text if plain else json.dumps(text)


def _hash(study: Path) -> str:
    try:
        return study_checksum(study)[:DIGITS]
    except OSError:
        return "unreadable"
