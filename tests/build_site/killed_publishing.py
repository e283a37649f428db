"""Kill the publication of a site before each of its steps, in a process that has no threads.

    python killed_publishing.py FOLDER exchange|renames

Each round forks a process that puts a new site in the place of an old one and is killed before its
first, second, … change of a file. What is then published must be one of the two, and after the next
publication, which is not killed, nothing may be left over.
"""

import os
import signal
import sys
from pathlib import Path

from build_site import publishing
from build_site.publishing import workshop, write_manifest

FILES = 3
CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "ctypes.dlsym", "shutil.rmtree"}


def write(site: Path, version: str) -> None:
    site.mkdir(parents=True)
    for number in range(FILES):
        (site / f"{number}.html").write_text(version)
    write_manifest(site)


def published(out: Path) -> str:
    """The version of a site; fails if it is a mixture."""
    (version,) = {(out / f"{number}.html").read_text() for number in range(FILES)}
    return version


def publish(out: Path, version: str) -> None:
    with workshop(out) as place:
        write(place.scratch / "site", version)
        place.publish(place.scratch / "site", out.with_name("previous"))


def publish_until(step: int, out: Path, version: str) -> bool:
    """Publish in another process that is killed before a step; returns whether it came so far."""
    process = os.fork()
    if process == 0:
        left = step

        def count(event: str, _: object) -> None:
            nonlocal left
            if event in CHANGES or event == "open":
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        publish(out, version)
        os._exit(0)
    _, status = os.waitpid(process, 0)
    return os.WIFSIGNALED(status)


def main(folder: Path, *, exchanges: bool) -> None:
    if not exchanges:
        publishing.exchange = lambda one, other: False  # noqa: ARG005
    out = folder / "site"
    seen = []
    step = 0
    killed = True
    while killed:
        step += 1
        publish(out, "old")
        killed = publish_until(step, out, "new")
        if exchanges:
            assert out.exists(), f"no site after {step} steps"
        with workshop(out):  # heals
            seen.append(published(out))
        if exchanges:
            previous = folder / "previous"
            kept = {published(site) for site in (out, previous) if site.exists()}
            assert "old" in kept, f"the version before is lost after {step} steps"
        publish(out, "next")
        assert published(out) == "next"
        assert {entry.name for entry in folder.iterdir()} == {"site", "previous"}
        assert published(folder / "previous") in {"old", "new"}
    assert seen == sorted(seen, reverse=True), "the old one came back"
    sys.stdout.write(f"{step - 1} {seen.count('old')} {seen.count('new') - 1}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), exchanges=sys.argv[2] == "exchange")
