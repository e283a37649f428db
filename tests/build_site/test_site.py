"""The site as files: built whole or not at all, nothing from elsewhere, all text escaped."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import edge_studies
import pytest
from click.testing import CliRunner
from hosted import ADDRESS
from once import Once
from studies import FOUR_RUNS, Run, StudyFile

from build_site import site as building
from build_site.__main__ import command

WriteStudy = Callable[..., Path]

ATTACK = "<img src=x onerror=alert(1)></script>&{{7*7}}"


def build(*arguments: object) -> None:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output


def refusal(*arguments: object) -> str:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == 2, result.output
    return result.output


@pytest.fixture
def copy(small: Path, tmp_path: Path) -> Path:
    """A copy of a site, which a test may change."""
    return shutil.copytree(small / "site", tmp_path / "site")


@pytest.fixture(scope="module")
def replaced(once: Once, small: Path) -> Path:
    """The site of a study with a hostile title, in the place of an earlier one; to read only."""

    def make(folder: Path) -> None:
        site = shutil.copytree(small / "site", folder / "site")
        (site / ".DS_Store").write_bytes(b"")
        study = StudyFile(FOUR_RUNS[:2], name="second", title=ATTACK)
        build("--study", study.write(folder / "second.duckdb"), "--out", site)

    return once("replaced", make) / "site"


def test_one_study_has_the_site_to_itself(small: Path) -> None:
    for page in ("index.html", "overview.html", "methods.html"):
        assert (small / "site" / page).is_file(), page
    assert "4 runs" in (small / "site" / "index.html").read_text(encoding="utf-8")


def test_several_studies_have_a_folder_each(joint_site: Path) -> None:
    for page in ("few/overview.html", "wide/overview.html", "methods.html", "index.html"):
        assert (joint_site / page).is_file(), page
    overview = (joint_site / "wide" / "overview.html").read_text(encoding="utf-8")
    assert 'src="../assets/data/wide.js"' in overview


@pytest.mark.parametrize("name", ["few", "wide"])
def test_pages_of_each_of_several_studies_lead_to_each_other(joint_site: Path, name: str) -> None:
    for page in (joint_site / name).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        (links,) = re.findall(r'<nav class="atlas-pages".*?</nav>', text, re.DOTALL)
        addresses = re.findall(r'href="([^"]+)"', links)
        assert any(address.endswith("overview.html") for address in addresses)
        assert all((page.parent / address).is_file() for address in addresses), page
        assert links.count('aria-current="page"') == 1, page


def test_the_front_of_several_studies_leads_to_the_pages_of_each(joint_site: Path) -> None:
    text = (joint_site / "index.html").read_text(encoding="utf-8")
    few, enough = re.findall(r'<section class="atlas-card">.*?</section>', text, re.DOTALL)
    for card, name in ((few, "few"), (enough, "wide")):
        addresses = re.findall(r'href="([^"]+)"', card)
        assert {f"{name}/{page}.html" for page in ("index", "overview", "runs")} <= set(addresses)
        assert all((joint_site / address).is_file() for address in addresses)
    assert "What matters, most first: " in enough
    assert "Beats" not in few  # too few runs to advise anything


def test_a_study_may_have_any_title_and_be_called_like_what_mkdocs_leaves_out(
    tmp_path: Path,
) -> None:
    hostile = edge_studies.write("hostile labels", tmp_path / "hostile.duckdb")
    plain = StudyFile([Run("easy", 0.9)], name="templates").write(tmp_path / "plain.duckdb")
    site = tmp_path / "site"
    build("--study", hostile, "--study", plain, "--out", site)
    assert (site / "templates" / "index.html").is_file()
    methods = (site / "methods.html").read_text(encoding="utf-8")
    assert "[click](javascript:alert(1))" in methods
    assert 'href="javascript:' not in methods


def test_links_to_methods_lead_there_from_a_section_too(small: Path, joint_site: Path) -> None:
    for site, page, link in (
        (small / "site", "claims.html", "methods.html#claims"),
        (joint_site, "few/claims.html", "../methods.html#claims"),
    ):
        assert f'href="{link}"' in (site / page).read_text(encoding="utf-8")


def test_pages_load_nothing_from_another_host(small: Path, joint_site: Path) -> None:
    for page in (*(small / "site").rglob("*.html"), *joint_site.rglob("*.html")):
        loaded = re.findall(
            r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["'](https?:[^"']+)""",
            page.read_text(encoding="utf-8"),
        )
        assert [each for each in loaded if not each.startswith(ADDRESS)] == [], page


def test_hostile_texts_stay_texts(replaced: Path) -> None:
    for page in (replaced / "index.html", replaced / "overview.html"):
        assert "<img src=x" not in page.read_text(encoding="utf-8"), page


def test_refused_study_leaves_the_old_site(small: Path, copy: Path, tmp_path: Path) -> None:
    message = refusal("--study", tmp_path / "missing.duckdb", "--out", copy)
    assert "there is no study" in message
    before, after = (
        {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
        for site in (small / "site", copy)
    )
    assert after == before


def test_folder_that_is_no_site_is_never_replaced(write_study: WriteStudy, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.tex").write_text("years of work", encoding="utf-8")
    message = refusal("--study", write_study(*FOUR_RUNS), "--out", home)
    assert "holds thesis.tex, which no build wrote; choose another --out" in message
    assert (home / "thesis.tex").read_text(encoding="utf-8") == "years of work"


def test_file_that_someone_put_beside_the_site_is_kept(write_study: WriteStudy, copy: Path) -> None:
    (copy / "CNAME").write_text("atlas.example", encoding="utf-8")
    message = refusal("--study", write_study(*FOUR_RUNS, name="second"), "--out", copy)
    assert "holds CNAME, which no build wrote" in message
    assert (copy / "CNAME").exists()


def test_earlier_site_is_replaced(replaced: Path) -> None:
    assert "2 runs" in (replaced / "index.html").read_text(encoding="utf-8")
    assert [path.name for path in replaced.parent.iterdir() if path.name.startswith(".")] == []


@pytest.fixture
def nothing_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused is refused before anything is computed, which may take minutes."""

    def fail(*_: object) -> None:
        pytest.fail("a study was computed")

    monkeypatch.setattr(building, "make_section", fail)


@pytest.mark.usefixtures("nothing_computed")
def test_two_studies_of_one_name_are_refused(write_study: WriteStudy, tmp_path: Path) -> None:
    study, exported = write_study(*FOUR_RUNS), tmp_path / "exported"
    with duckdb.connect(str(study), read_only=True) as database:
        database.execute(f"EXPORT DATABASE '{exported}' (FORMAT parquet)")
    for other in (study, exported):
        message = refusal("--study", study, "--study", other, "--out", tmp_path / "site")
        assert "a study cannot be named 'tiny' in this site, the name is in use" in message
    assert not (tmp_path / "site").exists()


@pytest.mark.usefixtures("nothing_computed")
def test_study_may_not_take_the_place_of_the_assets(
    write_study: WriteStudy, tmp_path: Path
) -> None:
    first, second = write_study(*FOUR_RUNS, name="Assets"), write_study(*FOUR_RUNS)
    message = refusal("--study", second, "--study", first, "--out", tmp_path / "site")
    assert "a study cannot be named 'Assets'" in message


@pytest.mark.usefixtures("nothing_computed")
@pytest.mark.parametrize("name", ["a b", "con"])
def test_studies_of_one_name_that_none_can_have_are_refused_for_what_it_is(
    write_study: WriteStudy, tmp_path: Path, name: str
) -> None:
    study = write_study(*FOUR_RUNS, name=name)
    message = refusal("--study", study, "--study", study, "--out", tmp_path / "site")
    assert f"is named '{name}'" in message


def test_output_that_cannot_be_written(write_study: WriteStudy, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    message = refusal("--study", write_study(*FOUR_RUNS), "--out", blocked / "site")
    assert "cannot write" in message


def test_edge_studies_build(write_study: WriteStudy, tmp_path: Path) -> None:
    edges = {
        "no_runs": [],
        "all_failed": [Run(accuracy=None, status="failed")] * 3,
        "all_values_missing": [Run(optimizer=None, learning_rate=None)] * 3,
    }
    studies = [f"--study={write_study(*runs, name=name)}" for name, runs in edges.items()]
    build(*studies, "--out", tmp_path / "site")
    for name in edges:
        assert (tmp_path / "site" / name / "overview.html").is_file(), name
