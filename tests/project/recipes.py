"""RECIPES.md as steps that a program can follow."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"(?:^`(?P<file>[^`\n]+)`\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Step:
    """A block of a recipe: a new file, a change of one ("diff"), or commands ("sh")."""

    kind: str
    file: str | None
    text: str


def recipes() -> dict[str, list[Step]]:
    """The steps of each recipe, by its heading."""
    text = (ROOT / "RECIPES.md").read_text(encoding="utf-8")
    _, *parts = re.split(r"^## (.*)\n", text, flags=re.MULTILINE)
    return {
        heading: [
            Step(found["kind"], found["file"], found["text"]) for found in BLOCK.finditer(body)
        ]
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
    }


def copy_repository(folder: Path) -> Path:
    """A copy of the files that git knows, but for the runs of the shipped studies."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if not name.endswith(".parquet") and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def follow(steps: list[Step], folder: Path) -> str:
    """Do what a recipe says in a copy of the repository; returns what its commands said."""
    said = ""
    for step in steps:
        if step.kind == "sh":
            said += run(step.text, folder)
        elif step.file is None:
            raise AssertionError(f"it does not say which file this is:\n{step.text}")
        elif step.kind == "diff":
            _change(folder / step.file, step.text)
        else:
            assert not (folder / step.file).exists(), f"{step.file} is there already"
            (folder / step.file).write_text(step.text, encoding="utf-8")
    return said


def run(commands: str, folder: Path) -> str:
    """Run commands as they are written, with the packages of the copy."""
    finished = subprocess.run(
        ["bash", "-euc", commands],  # noqa: S607
        cwd=folder,
        env={**os.environ, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, f"{commands}\n{finished.stdout}"
    return finished.stdout


def _change(file: Path, text: str) -> None:
    """Change a file as a diff says; the lines that it finds there must be there once."""
    lines = [(line[:1] or " ", line[1:]) for line in text.splitlines()]
    assert all(sign in "+- " for sign, _ in lines), text
    before = "".join(f"{line}\n" for sign, line in lines if sign != "+")
    after = "".join(f"{line}\n" for sign, line in lines if sign != "-")
    current = file.read_text(encoding="utf-8")
    if not before:
        file.write_text(current + after, encoding="utf-8")
        return
    assert current.count(before) == 1, f"{file.name} does not have, exactly once:\n{before}"
    file.write_text(current.replace(before, after), encoding="utf-8")
