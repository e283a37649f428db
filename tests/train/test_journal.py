"""What the journal has accepted is on disk, whatever happens afterwards; what it refused is not."""

import errno
import json
import os
from pathlib import Path

import examples
import pytest
from examples import room_for

from train.journal import Journal, JournalError, journal_path, open_journal, read
from train.records import BlockResult

FIRST, SECOND = (examples.finished(block, diverged=[3]) for block in examples.plan(trainings=20))
FULL = Path("/dev/full")  # a file that is always full, and cannot be made shorter


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return tmp_path / "study.duckdb"


def recorded(study: Path) -> list[BlockResult]:
    return list(read(journal_path(study)))


def test_what_is_appended_is_read_back_in_order(study: Path) -> None:
    with open_journal(study) as journal:
        journal.append(FIRST)
        assert recorded(study) == [FIRST]
        journal.append(SECOND)
    assert recorded(study) == [FIRST, SECOND]


def test_a_journal_opened_again_goes_on(study: Path) -> None:
    for result in (FIRST, SECOND):
        with open_journal(study) as journal:
            journal.append(result)
    assert recorded(study) == [FIRST, SECOND]


def test_a_block_is_one_line(study: Path) -> None:
    with open_journal(study) as journal:
        journal.append(FIRST)
        journal.append(SECOND)
    assert journal_path(study).read_bytes().count(b"\n") == 2


def test_without_a_journal_nothing_is_recorded(study: Path) -> None:
    assert recorded(study) == []


@pytest.mark.parametrize("kept", [1, 100, -1], ids=["a byte", "a part", "all but its end"])
def test_a_line_torn_by_a_crash_is_left_out_and_cut_off(study: Path, kept: int) -> None:
    with open_journal(study) as journal:
        journal.append(FIRST)
        acknowledged = journal_path(study).read_bytes()
        journal.append(SECOND)
    whole = journal_path(study).read_bytes()
    torn = whole[len(acknowledged) :][:kept]
    journal_path(study).write_bytes(acknowledged + torn)
    assert recorded(study) == [FIRST]
    assert journal_path(study).read_bytes() == acknowledged + torn  # reading changes nothing
    with open_journal(study) as journal:
        assert journal_path(study).read_bytes() == acknowledged
        journal.append(SECOND)
    assert journal_path(study).read_bytes() == whole


def test_a_first_line_torn_by_a_crash_leaves_nothing(study: Path) -> None:
    journal_path(study).write_bytes(b'{"block_id":')
    assert recorded(study) == []
    with open_journal(study) as journal:
        journal.append(FIRST)
    assert recorded(study) == [FIRST]


@pytest.mark.parametrize("line", ["{}", "[]", "\0\0\0", '{"runs": [{}]}'])
def test_any_other_line_that_is_no_block_is_named(study: Path, line: str) -> None:
    with open_journal(study) as journal:
        journal.append(FIRST)
    with journal_path(study).open("a") as file:
        file.write(line + "\n")
    with pytest.raises(JournalError) as caught:
        recorded(study)
    assert str(caught.value) == (
        f"line 2 of {journal_path(study)} is no finished block; "
        "delete it, and its block is trained again"
    )


@pytest.mark.parametrize("change", [{"energy": 0.5}, {"runs": [{"grade": "A"}]}])
def test_a_line_of_another_version_is_not_to_be_deleted(
    study: Path, change: dict[str, object]
) -> None:
    with open_journal(study) as journal:
        journal.append(FIRST)
    record = json.loads(journal_path(study).read_text())
    other = {**record, "code_version": "7.0.0", **change}
    journal_path(study).write_text(json.dumps(other) + "\n")
    with pytest.raises(JournalError) as caught:
        recorded(study)
    assert str(caught.value) == (
        f"line 1 of {journal_path(study)} was written by Hyperatlas 7.0.0, "
        "which records other things than this version; use that one"
    )


def test_a_second_sweep_is_refused_until_the_first_is_over(study: Path) -> None:
    with open_journal(study) as journal:
        with pytest.raises(JournalError) as caught, open_journal(study):
            pass
        assert str(caught.value) == f"another sweep is writing {study}; wait for it, or stop it"
        journal.append(FIRST)
    with open_journal(study):
        assert recorded(study) == [FIRST]


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    study = tmp_path / "nowhere" / "study.duckdb"
    with pytest.raises(JournalError) as caught, open_journal(study):
        pass
    assert str(caught.value) == f"cannot write {study}.journal: No such file or directory"


def test_a_journal_that_cannot_be_opened_is_one_sentence(study: Path) -> None:
    journal_path(study).mkdir()
    with pytest.raises(JournalError) as caught, open_journal(study):
        pass
    assert str(caught.value) == f"cannot write {study}.journal: Is a directory"
    with pytest.raises(JournalError) as caught:
        recorded(study)
    assert str(caught.value) == f"cannot read {study}.journal: Is a directory"


@pytest.mark.parametrize("room", [0, 1, 1000])
def test_a_full_disk_is_reported_and_loses_nothing_acknowledged(study: Path, room: int) -> None:
    with open_journal(study) as journal:
        journal.append(FIRST)
        acknowledged = journal_path(study).read_bytes()
        with room_for(len(acknowledged) + room), pytest.raises(JournalError) as caught:
            journal.append(SECOND)
        assert str(caught.value) == f"cannot write {journal_path(study)}: File too large"
        assert journal_path(study).read_bytes() == acknowledged
        journal.append(SECOND)
    assert recorded(study) == [FIRST, SECOND]


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
def test_a_piece_that_cannot_be_cut_off_hides_no_reason() -> None:
    with FULL.open("ab", buffering=0) as file, pytest.raises(JournalError) as caught:
        Journal(file, FULL).append(FIRST)
    assert str(caught.value) == "cannot write /dev/full: No space left on device"


def test_a_block_that_did_not_reach_the_disk_is_not_acknowledged(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_disk(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with open_journal(study) as journal:
        journal.append(FIRST)
        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", broken_disk)
            with pytest.raises(JournalError, match="Input/output error"):
                journal.append(SECOND)
    assert recorded(study) == [FIRST]
