"""What make installs is locked by its checksum, and what is locked is audited."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
LOCKS = sorted(path.name for path in (ROOT / "requirements").glob("*.txt"))


def locked(lock: str) -> set[str]:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))


def test_nothing_is_installed_without_its_checksum() -> None:
    installs = [line for line in MAKEFILE.splitlines() if " install " in line and "pip" in line]
    assert len(installs) == 6
    for line in installs:
        if "--editable ." in line:  # the repository itself
            assert {"--no-deps", "--no-build-isolation"} <= set(line.split())
        else:
            assert "--require-hashes" in line.replace("$(LOCKED)", "--require-hashes")
    assert "\nLOCKED := --compile-bytecode --require-hashes -r requirements/build.txt\n" in MAKEFILE


def test_what_builds_this_package_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["build-system"]["requires"]) | {"editables"} <= locked("build.txt")
    assert locked("uv.txt") == {"uv"}


def test_everything_that_is_locked_is_made_anew_by_make_lock_and_audited() -> None:
    lock, audit = (
        MAKEFILE.partition(f"\n{name}: ")[2].partition("\n\n")[0] for name in ("lock", "audit")
    )
    for name in LOCKS:
        assert f"-o requirements/{name}" in lock
        assert f"--requirement requirements/{name}" in audit or locked(name) <= locked("dev.txt")
