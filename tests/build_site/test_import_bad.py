"""Whatever a file holds, it becomes a study that builds, or is refused in one sentence."""

import csv
import gzip
import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from import_corpus import ATTACK, CASES, PLAIN
from importing import imported, refusal

from build_site.__main__ import command
from build_site.findings import Findings
from build_site.importers.detection import NAMES
from build_site.study import open_study


@pytest.mark.parametrize("case", [name for name, case in CASES.items() if case.says is None])
def test_odd_file_is_a_study(case: str, tmp_path: Path) -> None:
    file = tmp_path / CASES[case].name
    file.write_bytes(CASES[case].content)
    out = tmp_path / "out" / "study.duckdb"
    study = imported(out, file)
    assert len(study.runs) == CASES[case].runs
    findings = Findings(open_study(out))
    assert findings.runs == CASES[case].runs
    assert sorted(path.name for path in out.parent.iterdir()) == ["study.duckdb", "study.map.toml"]


@pytest.mark.parametrize("case", [name for name, case in CASES.items() if case.says is not None])
def test_bad_file_is_refused_in_a_sentence(case: str, tmp_path: Path) -> None:
    if case == "SQLite header alone":
        pytest.importorskip("optuna")
    file = tmp_path / CASES[case].name
    file.write_bytes(CASES[case].content)
    out = tmp_path / "out" / "study.duckdb"
    message = refusal("import", file, "--out", out)
    assert str(CASES[case].says) in message
    assert_only_our_words(message.replace(str(file), "FILE"))
    assert "FILE" in message.replace(str(file), "FILE")
    assert not list(tmp_path.glob("out/*"))


# What a database says, and where we put things meanwhile.
FOREIGN = re.compile(
    r"(Invalid|Binder|Catalog|Conversion|Parser|IO) (Input )?Error|staging|input-\d|Errno|/tmp"
)


def assert_only_our_words(message: str) -> None:
    assert FOREIGN.search(message) is None, message


def test_sentence_has_the_name_that_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ragged.csv").write_text("lr,accuracy\n1,2\n1,2,3\n", encoding="utf-8")
    Path("odd.csv").write_text("lr,quality\n1,2\n2,3\n", encoding="utf-8")
    message = refusal("import", "ragged.csv", "--out", "study.duckdb")
    assert message == (
        "Error: ragged.csv cannot be imported: line 3 has more values than the 2 columns that the "
        "first line names; mend it, or put quotes around values\n"
    )
    assert refusal("import", "odd.csv", "--out", "study.duckdb").startswith("Error: odd.csv: no ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["odd.csv", "ragged.csv"]


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("/dev/null", "it is no ordinary file; save what it gives to one"),
        (".", "it is a folder, and no run of DeepCAVE"),
        ("nowhere.csv", "there is no such file"),
    ],
)
def test_what_is_no_file_is_refused(where: str, says: str, tmp_path: Path) -> None:
    assert f"{where} cannot be imported: {says}" in refusal(
        "import", where, "--out", tmp_path / "study.duckdb"
    )


@pytest.mark.parametrize("name", [name for name in NAMES if name != "table"])
def test_file_of_another_format_than_was_said_is_refused(name: str, tmp_path: Path) -> None:
    runs = tmp_path / "runs.csv"
    runs.write_text(PLAIN, encoding="utf-8")
    message = refusal("import", runs, "--format", name, "--out", tmp_path / "study.duckdb")
    assert f"{runs} cannot be imported: it is not what --format {name} reads: that " in message
    assert "leave --format out, or say --format table" in message


def test_refused_import_leaves_the_old_study(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(PLAIN, encoding="utf-8")
    bad.write_text("", encoding="utf-8")
    out = tmp_path / "study.duckdb"
    imported(out, good)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    refusal("import", bad, "--out", out)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("name", ["notes.txt", "photo.duckdb"])
def test_file_that_is_no_study_is_never_replaced(name: str, tmp_path: Path) -> None:
    runs, other = tmp_path / "runs.csv", tmp_path / name
    runs.write_text(PLAIN, encoding="utf-8")
    other.write_text("years of work", encoding="utf-8")
    assert "is no study; choose another --out" in refusal("import", runs, "--out", other)
    assert other.read_text(encoding="utf-8") == "years of work"


def test_folder_with_anything_else_in_it_is_never_replaced(tmp_path: Path) -> None:
    runs, folder = tmp_path / "runs.csv", tmp_path / "thesis"
    runs.write_text(PLAIN, encoding="utf-8")
    folder.mkdir()
    (folder / "thesis.tex").write_text("years of work", encoding="utf-8")
    assert "holds more than an exported study" in refusal("import", runs, "--out", folder)
    assert (folder / "thesis.tex").exists()


@pytest.mark.parametrize("name", ["../../etc", "a/b", "", "x" * 100, ATTACK])
def test_study_cannot_be_named_like_a_path(name: str, tmp_path: Path) -> None:
    runs, told = tmp_path / "runs.csv", tmp_path / "map.toml"
    runs.write_text(PLAIN, encoding="utf-8")
    told.write_text(f"[study]\nname = '{name}'\n", encoding="utf-8")
    message = refusal("import", runs, "--map", told, "--out", tmp_path / "study.duckdb")
    assert "a study cannot be named" in message


def test_name_of_a_file_that_is_no_name_of_a_study(tmp_path: Path) -> None:
    runs = tmp_path / "-- ..<b>.csv"
    runs.write_text(PLAIN, encoding="utf-8")
    study = imported(tmp_path / "Übung (2).duckdb", runs)
    assert study.study["name"] == "ubung_2"


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
CELLS = st.one_of(
    st.sampled_from(["", "nan", "inf", "-1e999", "None", "0", "1", "0.5", "1e-5", "adam", "a,b"]),
    st.sampled_from(
        ["93,5", "1,000", "50 %", "3px", "0.5 ± 0.1", "True", "-", "2024-01-02", "err"]
    ),
    WORDS,
    st.floats().map(repr),
    st.integers().map(str),
)
HEADINGS = st.one_of(
    st.sampled_from(["accuracy", "loss", "lr", "dataset", "seed", "status", "run_id", "epoch", ""]),
    st.sampled_from(
        [" accuracy ", "Accuracy", "#", "# lr", "Unnamed: 0", "x" * 300, "0.1", "a\nb"]
    ),
    WORDS,
)
ENCODINGS = ("utf-8", "utf-16", "utf-8-sig", "latin-1", "cp1252", "utf-16-le", "shift_jis")
ABOVE = ("", "", "\n", "# a comment, of mine\n", "sep=;\n", "\r\n# x\r\n\n", "# lr,accuracy\n")


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """Text with a row a line, of any names, values and separators; mostly well formed."""
    names = draw(st.lists(HEADINGS, min_size=1, max_size=5))
    count = len(names)
    rows = draw(st.lists(st.lists(CELLS, min_size=count, max_size=count), max_size=8))
    if draw(st.integers(0, 9)) == 0:
        rows.append(draw(st.lists(CELLS, max_size=count + 1)))
    text = io.StringIO()
    csv.writer(
        text,
        delimiter=draw(st.sampled_from([",", ";", "\t", "|", " "])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])),
    ).writerows([names, *rows])
    whole = draw(st.sampled_from(ABOVE)) + text.getvalue()
    content = whole.encode(draw(st.sampled_from(ENCODINGS)), errors="replace")
    return gzip.compress(content) if draw(st.integers(0, 9)) == 0 else content


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), WORDS),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(HEADINGS, inner)),
    max_leaves=12,
)


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(content=st.one_of(tables(), tables(), JSON.map(as_json), st.binary(max_size=200)))
def test_any_file_is_a_study_or_a_sentence(tmp_path: Path, content: bytes) -> None:
    file, out = tmp_path / "runs.csv", tmp_path / "out" / "study.duckdb"
    file.write_bytes(content)
    result = CliRunner().invoke(command, ["import", str(file), "--out", str(out)])
    assert result.exit_code in {0, 2}, (result.output, result.exception)
    assert out.exists() == (result.exit_code == 0)
    if out.exists():
        Findings(open_study(out))
        for path in out.parent.iterdir():
            path.unlink()
    else:
        assert result.output.count("\n") == 1, result.output
        assert str(file) in result.output
        assert_only_our_words(result.output.replace(str(file), "FILE"))
