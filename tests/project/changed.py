"""Run the tests of what was changed since main: those that import it, or are named after it.

`make test` runs all. What changed is what git finds different from where the branch left main,
committed or not; arguments are passed on to pytest.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What is run for code that no test imports by itself.
WHOLE = {
    "build_site": "tests/build_site/test_site.py",
    "site_src": "tests/build_site/test_site.py",
    "data": "tests/build_site/test_study.py",
    "train": "tests/train/test_main.py",
}
PROJECT = "tests/project"
# What is run where nothing differs, as in a new clone: some of each kind, in a minute.
SOME = [
    *("tests/project/test_architecture.py", "tests/train/test_main.py"),
    *("tests/build_site/test_study.py", "tests/browser/test_pages.py"),
]


def changed(root: Path) -> list[Path]:
    """Files that differ from where the branch left main, in order."""
    base = _git(root, "merge-base", "HEAD", "main") or ["HEAD"]
    differing = _git(root, "diff", "--name-only", base[0])
    new = _git(root, "ls-files", "--others", "--exclude-standard")
    return [Path(name) for name in sorted({*differing, *new}) if (root / name).is_file()]


def concerning(files: Iterable[Path], root: Path) -> list[str]:
    """The test files, or folders of them, that concern `files`, in order."""
    texts = {path: path.read_text(encoding="utf-8") for path in root.glob("tests/*/test_*.py")}
    found: set[str] = set()
    for file in files:
        folder = file.parts[0]
        if file.suffix == ".md" and len(file.parts) == 1:
            found.add(PROJECT)
        elif folder == "tests" and file.name.startswith("test_"):
            found.add(file.as_posix())
        elif folder in (*WHOLE, "tests"):
            module = ".".join(file.with_suffix("").parts)
            own = {
                path.relative_to(root).as_posix()
                for path, text in texts.items()
                if path.stem.startswith(f"test_{file.stem}")
                or f"from {module} import" in text
                or f"from {module.rpartition('.')[0]} import {file.stem}\n" in text
                or (folder == "tests" and f"from {file.stem} import" in text)
            }
            found |= own or {WHOLE[folder]} if folder in WHOLE else own
    return sorted(found)


def _git(root: Path, *words: str) -> list[str]:
    said = subprocess.run(
        ["git", *words],  # noqa: S607 - the one on the path
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.split("\n")[:-1] if said.returncode == 0 else []


if __name__ == "__main__":
    chosen = concerning(changed(ROOT), ROOT) or SOME
    print(*chosen, sep="\n")  # noqa: T201 - what is run
    sys.exit(pytest.main(["--numprocesses", "auto", "--dist", "worksteal", *sys.argv[1:], *chosen]))
