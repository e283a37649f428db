"""Ctrl-C ends the command in one line, while it starts and while it builds."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from studies import Run

from build_site.provenance import ROOT

WriteStudy = Callable[..., Path]

# Runs the program, and presses Ctrl-C when it comes to something for the first time.
DRIVER = """
import runpy, signal, sys
event, what, *sys.argv[1:] = sys.argv[1:]
pressed = []

def press(name, arguments):
    if name == event and what in str(arguments[0]) and not pressed:
        pressed.append(name)
        signal.raise_signal(signal.SIGINT)

sys.addaudithook(press)
runpy.run_module("build_site", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    ("event", "what"),
    [
        pytest.param("import", "click", id="starting"),
        pytest.param("import", "scipy.special", id="importing what builds"),
        pytest.param("open", "index.html", id="rendering pages"),
    ],
)
def test_interrupted_command(
    write_study: WriteStudy, tmp_path: Path, event: str, what: str
) -> None:
    study, out = write_study(Run("easy", 0.9)), tmp_path / "site"
    arguments = ["--study", str(study), "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, event, what, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Stopped.\n")
    assert [entry.name for entry in tmp_path.iterdir()] == [study.name]
