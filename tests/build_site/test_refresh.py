"""A site is built when what it is made from changed, and no more of it than changed."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from studies import Run, StudyFile

from build_site import site as building
from build_site.commands import command
from build_site.findings import Findings
from build_site.kept_pages import RenderedPage
from build_site.pages import Rendered
from build_site.provenance import ROOT, SITE_URL, provenance, study_checksum
from build_site.publishing import SiteError, Workshop, is_whole, write_manifest
from build_site.section import PAGES, Section
from build_site.section_cache import section_keys
from build_site.site import Plan

RUNS = [Run("easy", 0.9), Run("easy", 0.7, "rmsprop"), Run("hard", 0.4)]
# Whatever takes long to import.
HEAVY = ("bokeh", "mkdocs", "scipy", "numpy", "pandas", "duckdb", "rich")


@dataclass
class Build:
    """What came of a build: what it said, which studies it computed, which of their pages it
    rendered, and the site."""

    said: str
    computed: list[str]
    rendered: set[str]
    site: dict[str, bytes]


@dataclass
class History:
    """Builds of a site of two studies, one after the other."""

    first: Build
    unchanged: Build
    modules: str  # those that were loaded to find nothing changed, of the heavy ones
    one_changed: Build
    forced: Build
    renamed: Build  # the study that changed before, in the navigation of every page
    kept: list[str]  # sections
    changed_back: Build  # and what is kept is damaged
    one_damaged: Build
    alone: Build  # the first study, in the place of both
    still_kept: bool


def content(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    folder = tmp_path_factory.mktemp("history")
    out = folder / "site"
    studies = [folder / "first.duckdb", folder / "second.duckdb"]
    for study in studies:
        StudyFile(RUNS, name=study.stem).write(study)
    arguments = ["--out", str(out), *(f"--study={study}" for study in studies)]
    computed: list[str] = []
    rendered: list[str] = []
    make, render = building.make_section, building.render_pages

    def make_and_note(findings: Findings, place: Path) -> Section:
        computed.append(findings.study.name)
        return make(findings, place)

    def render_and_note(*places: Path, kept: list[RenderedPage], **others: object) -> Rendered:
        result = render(*places, kept=kept, **others)
        rendered.extend(result.pages.keys() - {page.address for page in kept})
        return result

    def build(*more: str, shown: Sequence[str] = (), code: int = 0) -> Build:
        computed.clear()
        rendered.clear()
        result = CliRunner().invoke(command, [*(shown or arguments), *more])
        assert result.exit_code == code, result.output
        pages = {Path(page).parts[0] for page in rendered if "/" in page} - {"import"}
        return Build(result.output, computed.copy(), pages, content(out))

    def change(statement: str) -> None:
        with duckdb.connect(str(studies[1])) as database:
            database.execute(statement)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "make_section", make_and_note)
        patch.setattr(building, "render_pages", render_and_note)
        first, unchanged, modules = build(), build(), heavy_modules(arguments)
        original = studies[1].read_bytes()
        change("UPDATE run SET test_accuracy = 0.5 WHERE dataset = 'hard'")
        change("UPDATE study SET created = created + INTERVAL 1 DAY")
        one_changed, forced = build(), build("--force")
        kept = Workshop(out).kept
        for file in kept.rglob(PAGES):  # where pages cannot be written
            file.unlink()
            file.mkdir()
        change("UPDATE study SET title = 'Renamed'")
        renamed = build()
        names = [entry.name for entry in kept.iterdir()]
        for file in kept.rglob("*.js"):
            file.write_bytes(file.read_bytes()[:-1])
        studies[1].write_bytes(original)
        changed_back = build()
        studies[1].write_bytes(original[: len(original) // 2])
        one_damaged = build(code=2)
        alone = build(shown=arguments[:-1])
    return History(
        *(first, unchanged, modules, one_changed, forced, renamed),
        *(names, changed_back, one_damaged, alone, kept.exists()),
    )


def heavy_modules(arguments: list[str]) -> str:
    program = (
        "import sys; from build_site.commands import command; "
        "command(sys.argv[1:], standalone_mode=False); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    said = subprocess.check_output([sys.executable, "-c", program, *arguments], cwd=ROOT, text=True)
    return said.splitlines()[-1]


def test_nothing_changed(history: History) -> None:
    assert history.first.computed == ["first", "second"]
    assert history.unchanged.said.endswith("index.html is up to date\n")
    assert history.unchanged.computed == []
    assert history.unchanged.site == history.first.site


def test_finding_nothing_changed_needs_nothing_that_takes_long_to_import(history: History) -> None:
    assert history.modules == "[]"


def test_of_several_studies_only_the_one_that_changed_is_computed(history: History) -> None:
    assert history.one_changed.computed == ["second"]
    changed = {
        name
        for name, bytes_ in history.one_changed.site.items()
        if bytes_ != history.first.site[name]
    }
    assert "second/index.html" in changed
    assert not any(name.startswith("first/") for name in changed)


def test_of_several_studies_only_pages_of_the_one_that_changed_are_rendered(
    history: History,
) -> None:
    assert history.first.rendered == {"first", "second"}
    assert history.one_changed.rendered == {"second"}


def test_whatever_else_changes_pages_is_part_of_what_they_are_kept_by(tmp_path: Path) -> None:
    study = StudyFile(RUNS).write(tmp_path / "tiny.duckdb")
    plain, elsewhere, edited = (
        section_keys(provenance([study], options, code))
        for options, code in (((), "a"), (((SITE_URL, "https://example.org/"),), "a"), ((), "b"))
    )
    assert len({*plain, *elsewhere, *edited}) == 3


def test_pages_whose_navigation_changed_are_rendered(history: History) -> None:
    assert history.renamed.computed == ["second"]
    assert history.renamed.rendered == {"first", "second"}
    assert b"Renamed" in history.renamed.site["first/index.html"]


def test_site_of_kept_sections_is_the_same_to_the_byte(history: History) -> None:
    assert history.forced.computed == ["first", "second"]
    assert history.forced.rendered == {"first", "second"}
    assert history.forced.site == history.one_changed.site


def test_every_page_rendered_or_kept_has_a_policy(history: History) -> None:
    site = history.one_changed.site
    pages = {name for name in site if name.endswith(".html")}
    assert pages > {"404.html", "first/index.html", "second/index.html", "import/index.html"}
    for name in pages:
        assert site[name].count(b'http-equiv="Content-Security-Policy"') == 1, name


def test_only_what_the_site_shows_is_kept(history: History) -> None:
    assert len(history.kept) == 2


def test_damaged_sections_are_computed_again(history: History) -> None:
    assert history.changed_back.computed == ["first", "second"]
    assert history.changed_back.site == history.first.site


def test_damaged_study_among_several_leaves_the_old_site(history: History) -> None:
    assert "second.duckdb cannot be read as a study" in history.one_damaged.said
    assert history.one_damaged.site == history.changed_back.site


def test_of_several_studies_one_may_be_left(history: History) -> None:
    assert history.alone.computed == []
    assert "overview.html" in history.alone.site
    assert not any(name.startswith(("first/", "second/")) for name in history.alone.site)
    assert not history.still_kept


def test_program_that_was_edited_while_it_started_publishes_nothing(tmp_path: Path) -> None:
    study = StudyFile(RUNS).write(tmp_path / "tiny.duckdb")
    plan = Plan([study], tmp_path / "site", code="that of the program before it was edited")
    with pytest.raises(SiteError, match="what it is built from changed while the site was built"):
        building.build_site(plan, lambda _: None)
    assert [entry.name for entry in tmp_path.iterdir()] == ["tiny.duckdb"]


def test_site_that_lost_a_page_is_not_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("", encoding="utf-8")
    write_manifest(tmp_path)
    assert is_whole(tmp_path)
    (tmp_path / "index.html").unlink()
    assert not is_whole(tmp_path)


def test_site_with_a_page_that_somebody_changed_is_not_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("ours", encoding="utf-8")
    write_manifest(tmp_path)
    (tmp_path / "index.html").write_text("hers", encoding="utf-8")
    assert not is_whole(tmp_path)


def test_changes_that_wait_beside_a_database_are_part_of_it(tmp_path: Path) -> None:
    study = StudyFile(RUNS).write(tmp_path / "tiny.duckdb")
    before = study_checksum(study)
    (tmp_path / "tiny.duckdb.wal").write_bytes(b"more")
    assert study_checksum(study) != before
