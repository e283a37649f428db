"""The site as files: built whole or not at all, nothing from elsewhere, all text escaped."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from conditional_studies import write_conditional_study
from studies import Run

from build_site.__main__ import command

WriteStudy = Callable[..., Path]

RUNS = [
    Run("easy", 0.9),
    Run("easy", 0.7, "rmsprop"),
    Run("hard", 0.4),
    Run("hard", 0.3, "rmsprop"),
]
ATTACK = "<img src=x onerror=alert(1)></script>&{{7*7}}"


def build(*arguments: object) -> None:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output


def refusal(*arguments: object) -> str:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == 2, result.output
    return result.output


def test_one_study_has_the_site_to_itself(write_study: WriteStudy, tmp_path: Path) -> None:
    out = tmp_path / "site"
    build("--study", write_study(*RUNS), "--out", out)
    for page in ("index.html", "overview.html", "methods.html"):
        assert (out / page).is_file(), page
    assert "4 runs" in (out / "index.html").read_text(encoding="utf-8")


def test_several_studies_have_a_folder_each(write_study: WriteStudy, tmp_path: Path) -> None:
    out = tmp_path / "site"
    first, second = write_study(*RUNS, name="first"), write_study(*RUNS, name="second")
    build("--study", first, "--study", second, "--out", out)
    for page in ("first/overview.html", "second/overview.html", "methods.html", "index.html"):
        assert (out / page).is_file(), page
    overview = (out / "second" / "overview.html").read_text(encoding="utf-8")
    assert 'src="../assets/data/second.js"' in overview


def test_pages_of_each_of_several_studies_lead_to_each_other(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    out = tmp_path / "site"
    first, second = write_study(*RUNS, name="first"), write_study(*RUNS, name="second")
    build("--study", first, "--study", second, "--out", out)
    for page in (out / "second").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        (links,) = re.findall(r'<nav class="atlas-pages".*?</nav>', text, re.DOTALL)
        addresses = re.findall(r'href="([^"]+)"', links)
        assert any(address.endswith("overview.html") for address in addresses)
        assert all((page.parent / address).is_file() for address in addresses), page
        assert links.count('aria-current="page"') == 1, page


def test_the_front_of_several_studies_leads_to_the_pages_of_each(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    out = tmp_path / "site"
    conditional = write_conditional_study(tmp_path)
    build("--study", write_study(*RUNS, name="few"), "--study", conditional, "--out", out)
    text = (out / "index.html").read_text(encoding="utf-8")
    few, enough = re.findall(r'<section class="atlas-card">.*?</section>', text, re.DOTALL)
    for card, name in ((few, "few"), (enough, "wide")):
        addresses = re.findall(r'href="([^"]+)"', card)
        assert {f"{name}/{page}.html" for page in ("index", "overview", "runs")} <= set(addresses)
        assert all((out / address).is_file() for address in addresses)
    assert "What matters, most first: " in enough
    assert "Beats" not in few  # too few runs to advise anything


def test_pages_load_nothing_from_another_host(write_study: WriteStudy, tmp_path: Path) -> None:
    out = tmp_path / "site"
    build("--study", write_study(*RUNS), "--out", out)
    for page in out.rglob("*.html"):
        loaded = re.findall(
            r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["'](https?:[^"']+)""",
            page.read_text(encoding="utf-8"),
        )
        assert loaded == [], page


def test_hostile_texts_stay_texts(write_study: WriteStudy, tmp_path: Path) -> None:
    out = tmp_path / "site"
    build("--study", write_study(*RUNS, title=ATTACK), "--out", out)
    for page in (out / "index.html", out / "overview.html"):
        assert "<img src=x" not in page.read_text(encoding="utf-8"), page


def test_same_study_gives_the_same_data_script(write_study: WriteStudy, tmp_path: Path) -> None:
    study = write_study(*RUNS)
    scripts = []
    for out in (tmp_path / "once", tmp_path / "again"):
        build("--study", study, "--out", out)
        scripts.append((out / "assets" / "data" / "tiny.js").read_bytes())
    assert scripts[0] == scripts[1]


def test_refused_study_leaves_the_old_site(write_study: WriteStudy, tmp_path: Path) -> None:
    out = tmp_path / "site"
    build("--study", write_study(*RUNS), "--out", out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    message = refusal("--study", tmp_path / "missing.duckdb", "--out", out)
    assert "there is no study" in message
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_folder_that_is_no_site_is_never_replaced(write_study: WriteStudy, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.tex").write_text("years of work", encoding="utf-8")
    message = refusal("--study", write_study(*RUNS), "--out", home)
    assert "holds thesis.tex, which no build wrote; choose another --out" in message
    assert (home / "thesis.tex").read_text(encoding="utf-8") == "years of work"


def test_file_that_someone_put_beside_the_site_is_kept(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    out = tmp_path / "site"
    build("--study", write_study(*RUNS), "--out", out)
    (out / "CNAME").write_text("atlas.example", encoding="utf-8")
    message = refusal("--study", write_study(*RUNS, name="second"), "--out", out)
    assert "holds CNAME, which no build wrote" in message
    assert (out / "CNAME").exists()


def test_earlier_site_is_replaced(write_study: WriteStudy, tmp_path: Path) -> None:
    out = tmp_path / "site"
    build("--study", write_study(*RUNS), "--out", out)
    (out / ".DS_Store").write_bytes(b"")
    build("--study", write_study(*RUNS[:2], name="second"), "--out", out)
    assert "2 runs" in (out / "index.html").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_two_studies_of_one_name_are_refused(write_study: WriteStudy, tmp_path: Path) -> None:
    study = write_study(*RUNS)
    message = refusal("--study", study, "--study", study, "--out", tmp_path / "site")
    assert "a study cannot be named 'tiny' in this site, the name is in use" in message
    assert not (tmp_path / "site").exists()


def test_study_may_not_take_the_place_of_the_assets(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    first, second = write_study(*RUNS, name="assets"), write_study(*RUNS)
    message = refusal("--study", first, "--study", second, "--out", tmp_path / "site")
    assert "a study cannot be named 'assets'" in message


def test_output_that_cannot_be_written(write_study: WriteStudy, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    message = refusal("--study", write_study(*RUNS), "--out", blocked / "site")
    assert "cannot write" in message


@pytest.mark.parametrize(
    "runs",
    [
        pytest.param([], id="no runs at all"),
        pytest.param([Run(accuracy=None, status="diverged")] * 3, id="all diverged"),
        pytest.param([Run(accuracy=None, status="failed")] * 3, id="all failed"),
        pytest.param([Run(optimizer=None, learning_rate=None)] * 3, id="all values missing"),
        pytest.param([Run()], id="a single run"),
    ],
)
def test_edge_studies_build(write_study: WriteStudy, tmp_path: Path, runs: list[Run]) -> None:
    build("--study", write_study(*runs), "--out", tmp_path / "site")
    assert (tmp_path / "site" / "overview.html").is_file()
