"""Files that mean harm, or are only wrong, imported and built into one site, and opened."""

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest
from building import build
from import_corpus import ATTACK
from once import Once
from playwright.sync_api import Page, expect
from watching import Watched

from build_site.site_names import TAKEN

pytestmark = pytest.mark.browser

ROWS = range(60)
TEMPLATE = "{{ 7 * 7 }}{% raw %}"
LONG = "x" * 10_000


@dataclass(frozen=True)
class Hostile:
    """A file by its bytes, the options that it takes, and what its section must say."""

    content: bytes
    says: str
    options: tuple[str, ...] = ()
    runs: int = len(ROWS)


def _table(header: list[str], rows: list[list[object]], separator: str = ",") -> str:
    def quoted(value: object) -> str:
        return '"' + str(value).replace('"', '""') + '"'

    return "\n".join(separator.join(map(quoted, row)) for row in [header, *rows])


def _measured(n: int) -> float:
    return round(0.4 + (37 * n % 59) / 100, 2)


def _texts() -> str:
    header = [ATTACK, "</script><script>alert(1)</script>", "$$x$$", "augment", LONG, "accuracy"]
    return _table(
        header,
        [
            [
                [ATTACK, TEMPLATE][n % 2],
                [LONG, "'); DROP TABLE raw; --"][n // 2 % 2],
                ["=1+1", "`#", "\u202etxt"][n % 3],
                ["true", "FALSE"][n // 3 % 2],
                n % 4,
                _measured(n),
            ]
            for n in ROWS
        ],
    )


def _wrong() -> str:
    """Columns and ids twice, numbers with commas and quotes, cells that are no numbers."""
    odd = {3: "nan", 4: "-inf", 5: "1e999", 6: "kaputt", 7: ""}
    return _table(
        ["run_id", "größe", "größe", "größe", "accuracy"],
        [
            [
                f"r{n // 2}",
                n % 3,
                f"{n % 4},5",
                "1e308",
                odd.get(n, str(_measured(n)).replace(".", ",")),
            ]
            for n in ROWS
        ],
        ";",
    )


def _wide() -> str:
    return _table(
        ["accuracy", *(f"p{n}" for n in range(5000))],
        [[_measured(n), *((n * (p + 1)) % 7 for p in range(5000))] for n in ROWS],
    )


def _constant() -> str:
    return _table(["lr", "net", "accuracy"], [[n % 5, "ab"[n % 2], 0.5] for n in ROWS])


def _diverged() -> str:
    return _table(["lr", "net", "val_loss"], [[n % 5, "ab"[n % 2], "nan"] for n in ROWS])


FILES = {
    "..%2f..%2fsite.csv": Hostile(_texts().encode(), "Imported from"),
    "wrong.csv": Hostile(
        _wrong().encode("latin-1"), "1 with a metric that is no number", runs=len(ROWS) - 2
    ),
    "wide.csv": Hostile(
        _wide().encode(),
        "Imported from",
        ("--metric", "accuracy", *(f for n in (0, 7, 4999) for f in ("--parameter", f"p{n}"))),
    ),
    "assets.csv": Hostile(_constant().encode("utf-16"), "Imported from"),
    "diverged.csv": Hostile(_diverged().encode("utf-8-sig"), "diverged", ("--metric", "val_loss")),
}


@pytest.fixture(scope="module")
def hostile_site(once: Once) -> Path:
    """The site of all files, with nothing beside it that was not asked for."""
    folder = once("imported", import_and_build)
    endings = (".csv", ".duckdb", ".map.toml")
    # The site, and what the next build of it starts from.
    asked = {"site", ".site-build"} | {
        name.removesuffix(".csv") + ending for name in FILES for ending in endings
    }
    assert {path.name for path in folder.iterdir()} == asked
    return folder / "site"


def import_and_build(folder: Path) -> None:
    folder.mkdir()
    studies = []
    for name, file in FILES.items():
        path = folder / name
        path.write_bytes(file.content)
        study = path.with_suffix(".duckdb")
        build("import", path, "--out", study, *file.options)
        studies += ["--study", study]
    build(*studies, "--out", folder / "site")


SECTIONS = ("2f_2fsite", "wrong", "wide", "assets_study", "diverged")


def test_each_file_has_a_section(hostile_site: Path) -> None:
    front = (hostile_site / "index.html").read_text(encoding="utf-8")
    for section, file in zip(SECTIONS, FILES.values(), strict=True):
        home = (hostile_site / section / "index.html").read_text(encoding="utf-8")
        assert file.says in home, section
        assert f"{section}/index.html" in front
        assert f"{file.runs} runs" in front, section


def test_folders_of_the_site_are_names_that_no_study_gets(hostile_site: Path) -> None:
    folders = {path.name for path in hostile_site.iterdir() if path.is_dir()}
    assert folders - set(SECTIONS) == set(TAKEN)


def test_texts_stay_texts_in_every_file_of_the_site(hostile_site: Path) -> None:
    for page in hostile_site.rglob("*.html"):
        shown = page.read_text(encoding="utf-8")
        for dangerous in ("<img src=x", "<script>alert", "49{%"):
            assert dangerous not in shown, (page, dangerous)
        assert LONG not in shown, page


@pytest.mark.parametrize("section", SECTIONS)
def test_pages_of_hostile_files_open_and_run_nothing(
    section: str, hostile_site: Path, watched: Watched
) -> None:
    for name in ("index", "runs", "combinations"):
        page = watched.open((hostile_site / section / f"{name}.html").as_uri())
        expect(page.locator("h1")).to_be_visible()
        assert page.locator(".md-content img").count() == 0
    assert watched.problems == []


def _configuration(page: Page, place: str) -> dict[str, object]:
    """The dictionary that a program to copy gives, read as Python reads it."""
    (statement,) = ast.parse(page.locator(place).first.text_content() or "").body
    assert isinstance(statement, ast.Assign)
    found = ast.literal_eval(statement.value)
    assert isinstance(found, dict)
    return found


def test_program_to_copy_is_python_with_true_and_false(
    hostile_site: Path, watched: Watched
) -> None:
    home = watched.open((hostile_site / SECTIONS[0] / "index.html").as_uri())
    values = _configuration(home, "[data-snippet] code")
    assert isinstance(values["augment"], bool)
    assert {type(value) for value in values.values()} == {str, bool, int}


def test_program_of_a_run_has_numbers_where_values_are_some(
    hostile_site: Path, watched: Watched
) -> None:
    # The second of the columns of one name has 0.5, 1.5, …; the last is 1e308 in all runs.
    runs = watched.open((hostile_site / "wrong" / "runs.html").as_uri() + "#v.run=00000000")
    expect(runs.locator("#run-dialog")).to_be_visible()
    assert list(_configuration(runs, "#run-snippet").values()) == [0, 0.5]
