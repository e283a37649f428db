"""What a build is told from outside is refused in a sentence where no build can work with it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from studies import Run

from build_site.commands import command

WriteStudy = Callable[..., Path]


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(each) for each in arguments])
    return result.exit_code, result.output


@pytest.mark.parametrize("text", ["abc", "", "-5", "99999999999999", "1e9", "²", "9" * 5_000])
@pytest.mark.parametrize("how", ["build", "rebuild", "import"])
def test_a_date_that_is_none_is_refused_in_a_sentence(
    write_study: WriteStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, how: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    study, out = write_study(Run()), tmp_path / "site"
    (tmp_path / "runs.csv").write_text("lr,accuracy\n1,0.5\n2,0.6\n", encoding="utf-8")
    arguments = {
        "build": ("--study", study, "--out", out),
        "rebuild": ("rebuild", "--study", study, "--out", out, "--log", tmp_path / "log"),
        "import": ("import", tmp_path / "runs.csv", "--out", tmp_path / "new.duckdb"),
    }
    code, said = run(*arguments[how])
    assert code == 2
    assert said == (
        f"Error: the variable SOURCE_DATE_EPOCH is {text!r}; it must be a number of seconds since "
        "1970, at most 4294967295, or not be set\n"
    )
    assert not out.exists()
    assert (tmp_path / "log").exists() == (how == "rebuild")


def test_a_study_whose_path_is_no_text_is_refused_in_a_sentence(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    study = write_study(Run()).rename(tmp_path / os.fsdecode(b"b\xe4d.duckdb"))
    sentence = f"the path '{tmp_path}/b\\udce4d.duckdb' is not UTF-8; rename it"
    assert run("--study", study, "--out", tmp_path / "site") == (2, f"Error: {sentence}\n")
    code, said = run("rebuild", "--study", study, "--out", tmp_path / "site")
    line, error = said.splitlines()
    assert (code, error) == (2, f"Error: {sentence}")
    assert " failed site=" in line


@pytest.mark.parametrize(
    "how", [["--study", "tiny.duckdb", "--out"], ["restore", "--out"], ["bundle"]]
)
def test_a_site_whose_path_is_no_text_is_refused_in_a_sentence(
    write_study: WriteStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: list[str]
) -> None:
    write_study(Run())
    monkeypatch.chdir(tmp_path)
    site = tmp_path / os.fsdecode(b"s\xefte")
    site.mkdir()
    code, said = run(*how, site)
    assert (code, "is not UTF-8; rename it" in said) == (2, True)
    assert list(site.iterdir()) == []
