"""Ctrl-C or SIGTERM ends a command in one line, while it starts and while it builds."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from studies import Run

from build_site.provenance import ROOT

WriteStudy = Callable[..., Path]

# Runs the program, and sends it a signal when it comes to something for the first time; another,
# as systemd and make do, when it then tidies up.
DRIVER = """
import runpy, signal, sys
name, event, what, *sys.argv[1:] = sys.argv[1:]
sent = []

def send(happening, arguments):
    first = happening == event and what in str(arguments[0]) and not sent
    if first or (happening == "shutil.rmtree" and len(sent) == 1):
        sent.append(name)
        signal.raise_signal(signal.Signals[name])

sys.addaudithook(send)
runpy.run_module("build_site", run_name="__main__", alter_sys=True)
"""


def stopped(name: str, event: str, what: str, *arguments: str) -> tuple[int, str, str]:
    """Exit code and output of the program that gets the signal `name`."""
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, name, event, what, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


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
    said = stopped("SIGINT", event, what, "--study", str(study), "--out", str(out))
    assert said == (130, "", "Stopped.\n")
    assert [entry.name for entry in tmp_path.iterdir()] == [study.name]


def test_rebuild_that_the_system_ends_says_so_in_its_log(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    study, out, log = write_study(Run("easy", 0.9)), tmp_path / "site", tmp_path / "log"
    arguments = ["rebuild", "--study", str(study), "--out", str(out), "--log", str(log)]
    # While it computes, before what takes long; that pages are written is no different from above.
    assert stopped("SIGTERM", "open", "tiny.js", *arguments) == (130, "", "Stopped.\n")
    assert log.read_text(encoding="utf-8").split()[1] == "stopped"
    assert {entry.name for entry in tmp_path.iterdir()} == {study.name, log.name}
