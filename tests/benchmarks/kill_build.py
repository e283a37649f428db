"""Kill builds of a site again and again, and see that what is published is whole.

    python tests/benchmarks/kill_build.py [TIMES]

A site of two studies, of which one stays as it is, has two versions. Each round builds the one that
is not published and kills the process with SIGKILL: every other time at a random moment from its
beginning, otherwise when the new site is complete and about to be published. What is then published
must be one of the two, to the byte. The last build is left alone, and nothing may lie beside its
site but what is kept for the next.
"""

import hashlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from build_site.publishing import MANIFEST, Workshop

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "build_site"))

from studies import Run, StudyFile  # noqa: E402 - of the tests

LONGEST = {"any moment": 0.8, "publishing": 0.6}  # of a build, and seconds
STEADY = "steady.duckdb"
Site = dict[str, str]


@dataclass(frozen=True)
class Version:
    """A study, and the site of it and of the other that stays: checksums by file."""

    study: Path
    site: Site


def start(study: Path, out: Path, log: Path) -> subprocess.Popen[bytes]:
    """Build in a process of its own."""
    studies = [f"--study={each}" for each in (study.with_name(STEADY), study)]
    command = [sys.executable, "-m", "build_site", *studies, "--out", str(out)]
    with log.open("w") as said:
        return subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)


def content(out: Path) -> Site:
    files = [path for path in out.rglob("*") if path.is_file()]
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def version(folder: Path, runs: int) -> Version:
    """Write a study of so many runs, and build its site once."""
    study, out = folder / f"{runs}.duckdb", folder / "once"
    StudyFile([Run(accuracy=number / runs) for number in range(runs)]).write(study)
    assert start(study, out, folder / "log").wait() == 0, (folder / "log").read_text()
    return Version(study, content(out))


def kill(study: Path, out: Path, aim: str, longest: float) -> str:
    """Build and kill; returns what the build was doing."""
    log = out.with_name("log")
    complete = Workshop(out).scratch / "site" / MANIFEST
    process = start(study, out, log)
    while aim == "publishing" and process.poll() is None and not complete.exists():
        time.sleep(0.001)
    time.sleep(random.uniform(0, longest))  # noqa: S311
    doing = "publishing" if complete.exists() else "building"
    process.send_signal(signal.SIGKILL)
    if process.wait() == 0:
        return "finished"
    assert process.returncode == -signal.SIGKILL, log.read_text()
    return doing


def main(times: int) -> None:
    """Kill so many builds, then let one finish."""
    doings: Counter[str] = Counter()
    left: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.monotonic()
        StudyFile([Run(accuracy=0.5)], name="steady").write(folder / STEADY)
        published, other = version(folder, 4), version(folder, 5)
        duration = (time.monotonic() - begun) / 2
        place = folder / "www"
        place.mkdir()
        out = place / "site"
        assert start(published.study, out, place / "log").wait() == 0
        while sum(doings.values()) < times:
            aim = ("any moment", "publishing")[sum(doings.values()) % 2]
            longest = LONGEST[aim] * (duration if aim == "any moment" else 1)
            doing = kill(other.study, out, aim, longest)
            found = content(out)
            assert found in (published.site, other.site), f"a mixture after {doing}"
            new = found == other.site
            if new:
                published, other = other, published
            if doing != "finished":  # too late to be killed
                doings[doing] += 1
                left["the new site" if new else "the old site"] += 1
        assert start(other.study, out, place / "log").wait() == 0
        assert content(out) == other.site
        beside = sorted(entry.name for entry in place.iterdir())
        assert beside == [".site-build", "log", "site"], beside
        kept = sorted(entry.name for entry in Workshop(out).folder.iterdir())
        assert kept == ["cache", "lock"], kept
        listed = ", ".join(f"{count} while {doing}" for doing, count in doings.most_common())
        print(f"{times} kills in {time.monotonic() - begun:.0f} s: {listed}")
        print(", ".join(f"{what} {count} times" for what, count in left.most_common()))
        print("never a mixture; the next build left nothing else behind")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
