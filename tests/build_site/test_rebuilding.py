"""Rebuilding unattended: exit codes, a line of log each time, and the previous version."""

import errno
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from once import Once
from studies import Run, StudyFile

from build_site import publishing, rebuilding
from build_site.commands import command
from build_site.exchange import exchange
from build_site.publishing import is_whole, workshop, write_manifest
from build_site.rebuilding import rebuild as rebuild_site
from build_site.refusals import Refused

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (?P<result>[a-z]+) site=(?P<site>\S+) "
    r"seconds=\d+\.\d tiny=(?P<hash>[0-9a-f]{12}|unreadable)(?: reason=(?P<reason>.*))?"
)
Rebuild = Callable[..., tuple[int, str]]


def title(site: Path) -> str:
    (found,) = re.findall("<title>(.*)</title>", (site / "index.html").read_text(encoding="utf-8"))
    return str(found)


def logged(line: str) -> dict[str, str | None]:
    match = LINE.fullmatch(line)
    assert match is not None, line
    return match.groupdict()


@pytest.fixture
def rebuild(tmp_path: Path) -> Rebuild:
    """Rebuild the site of tiny.duckdb; returns exit code and what was said."""

    def run(*more: str) -> tuple[int, str]:
        study, out = tmp_path / "tiny.duckdb", tmp_path / "site"
        arguments = ["rebuild", "--study", str(study), "--out", str(out), *more]
        result = CliRunner().invoke(command, arguments)
        return result.exit_code, result.output

    return run


@pytest.fixture
def rebuilt(once: Once, tmp_path: Path) -> Path:
    """The study, its site, "The second", and the site before, "The first", in a folder."""

    def make(folder: Path) -> None:
        folder.mkdir()
        study = folder / "tiny.duckdb"
        arguments = ["rebuild", "--study", str(study), "--out", str(folder / "site")]
        for version in ("The first", "The second"):
            study.unlink(missing_ok=True)
            StudyFile([Run()], title=version).write(study)
            assert CliRunner().invoke(command, arguments).exit_code == 0

    return shutil.copytree(once("rebuilt", make), tmp_path, dirs_exist_ok=True)


def test_rebuilding_after_changes_and_going_back(rebuild: Rebuild, tmp_path: Path) -> None:
    study, out, previous = tmp_path / "tiny.duckdb", tmp_path / "site", tmp_path / "site.previous"
    StudyFile([Run()], title="The first").write(study)
    code, said = rebuild()
    assert (code, logged(said.strip())["result"]) == (0, "published")
    assert not previous.exists()

    code, said = rebuild()
    assert (code, logged(said.strip())["result"]) == (0, "unchanged")

    study.unlink()
    StudyFile([Run(), Run()], title="The second").write(study)
    code, said = rebuild("--log", str(tmp_path / "log"))
    assert (code, said) == (0, "")
    assert logged((tmp_path / "log").read_text(encoding="utf-8").strip())["result"] == "published"
    assert "The second" in title(out)
    assert "The first" in title(previous)

    for now, before in (("first", "second"), ("second", "first")):
        result = CliRunner().invoke(command, ["restore", "--out", str(out)])
        assert result.exit_code == 0, result.output
        assert now in title(out)
        assert before in title(previous)


def test_repairing_a_damaged_site_keeps_the_good_one_before(
    rebuild: Rebuild, rebuilt: Path
) -> None:
    out, previous = rebuilt / "site", rebuilt / "site.previous"
    (out / "data.html").unlink()
    code, said = rebuild()
    assert (code, logged(said.strip())["result"]) == (0, "published")
    assert is_whole(out)
    assert "The first" in title(previous)


def test_going_back_to_a_damaged_site_is_refused(tmp_path: Path) -> None:
    out, previous = tmp_path / "site", tmp_path / "site.previous"
    for folder in (out, previous):
        folder.mkdir()
        (folder / "index.html").write_text(folder.name, encoding="utf-8")
        write_manifest(folder)
    (previous / "index.html").write_text("damaged", encoding="utf-8")
    result = CliRunner().invoke(command, ["restore", "--out", str(out)])
    assert (result.exit_code, result.output) == (
        2,
        f"Error: {previous} is not as it was built, so {out} stays as it is\n",
    )
    assert (out / "index.html").read_text(encoding="utf-8") == "site"


def test_study_that_cannot_be_shown(rebuild: Rebuild, tmp_path: Path) -> None:
    (tmp_path / "tiny.duckdb").write_bytes(b"no database")
    code, said = rebuild("--log", str(tmp_path / "log"))
    assert code == 2
    line = logged((tmp_path / "log").read_text(encoding="utf-8").strip())
    assert line["result"] == "failed"
    assert "cannot be read as a study" in str(line["reason"])
    assert said.startswith("Error: ")
    assert not (tmp_path / "site").exists()


def test_study_that_is_missing(rebuild: Rebuild) -> None:
    code, said = rebuild()
    line, sentence = said.splitlines()
    assert code == 2
    assert logged(line)["hash"] == "unreadable"
    assert sentence.startswith("Error: there is no study")


def test_while_another_process_builds(rebuild: Rebuild, tmp_path: Path) -> None:
    StudyFile([Run()]).write(tmp_path / "tiny.duckdb")
    with workshop(tmp_path / "site"):
        code, said = rebuild()
    line, sentence = said.splitlines()
    assert code == 75
    assert logged(line)["result"] == "busy"
    assert sentence.endswith("nothing was done")


def test_going_back_while_another_process_builds(tmp_path: Path) -> None:
    (tmp_path / "site.previous").mkdir()
    with workshop(tmp_path / "site"):
        result = CliRunner().invoke(command, ["restore", "--out", str(tmp_path / "site")])
    assert result.exit_code == 75
    assert result.output.endswith("nothing was done\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--study", "{0}", "rebuild", "--study", "{1}", "--site-url", "https://a.org/b"],
        ["--site-url", "https://a.org/b", "rebuild", "--study", "{0}", "--study", "{1}"],
        ["--site-url", "https://c.org", "--study={0}", "--study={1}", "rebuild"],
    ],
)
def test_options_may_stand_before_and_after_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    asked = {}
    monkeypatch.setattr(
        rebuilding, "refresh", lambda studies, _, **named: asked.update(named, studies=studies)
    )
    studies = [str(tmp_path / "one.duckdb"), str(tmp_path / "two.duckdb")]
    result = CliRunner().invoke(command, [each.format(*studies) for each in arguments])
    assert result.exit_code == 0, result.output
    assert [str(study) for study in asked["studies"]] == studies
    assert asked["site_url"] in {"https://a.org/b/", "https://c.org/"}


def test_address_after_the_command_counts_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {}
    monkeypatch.setenv("SITE_URL", "https://old.org/")
    monkeypatch.setattr(rebuilding, "refresh", lambda *_, **named: asked.update(named))
    arguments = ["rebuild", "--study", str(tmp_path / "tiny.duckdb"), "--site-url"]
    assert CliRunner().invoke(command, [*arguments, "https://new.org"]).exit_code == 0
    assert asked["site_url"] == "https://new.org/"
    assert CliRunner().invoke(command, [*arguments, "nonsense"]).exit_code == 2


def test_log_that_cannot_be_written(rebuild: Rebuild, tmp_path: Path) -> None:
    StudyFile([Run()]).write(tmp_path / "tiny.duckdb")
    log = tmp_path / "missing" / "log"
    assert rebuild("--log", str(log)) == (
        2,
        f"Error: cannot write {log}: No such file or directory\n",
    )
    assert not (tmp_path / "site").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_log_without_room_is_told_and_does_not_undo_what_was_done(
    rebuild: Rebuild, tmp_path: Path
) -> None:
    StudyFile([Run()]).write(tmp_path / "tiny.duckdb")
    code, said = rebuild("--log", "/dev/full")
    problem, line = said.splitlines()
    assert (code, problem) == (0, "cannot write /dev/full: No space left on device")
    assert logged(line)["result"] == "published"


def test_site_whose_previous_version_cannot_be_kept_stays_as_it_was(
    rebuild: Rebuild, rebuilt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, previous, study = (rebuilt / name for name in ("site", "site.previous", "tiny.duckdb"))

    def refuse(one: Path, other: Path) -> bool:
        if other == previous:
            raise PermissionError(errno.EPERM, "Operation not permitted")
        return exchange(one, other)

    monkeypatch.setattr(publishing, "exchange", refuse)
    study.unlink()
    StudyFile([Run()], title="The third").write(study)
    assert rebuild()[0] == 2
    assert "The second" in title(out)
    assert "The first" in title(previous)


def test_error_that_became_of_an_interruption_is_one(tmp_path: Path) -> None:
    study, log = tmp_path / "missing.duckdb", tmp_path / "log"
    with pytest.raises(Refused):
        rebuild_site(
            [study], tmp_path / "site", log, afresh=False, say=print, was_interrupted=lambda: True
        )
    assert log.read_text(encoding="utf-8").split()[1] == "stopped"


def test_no_folder_lies_beside_the_root() -> None:
    result = CliRunner().invoke(command, ["restore", "--out", "/"])
    assert (result.exit_code, "/ cannot hold a site" in result.output) == (2, True)


def test_nothing_to_go_back_to(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["restore", "--out", str(tmp_path / "site")])
    assert result.exit_code == 2
    assert "there is no" in result.output


def test_paths_with_spaces_and_line_ends_stay_words_of_one_line(tmp_path: Path) -> None:
    study, out = tmp_path / "my\nsweep.duckdb", tmp_path / "my site"
    result = CliRunner().invoke(command, ["rebuild", "--study", str(study), "--out", str(out)])
    line = result.output.splitlines()[0]
    assert f'failed site="{out}" ' in line
    assert ' "my\\nsweep"=unreadable ' in line
