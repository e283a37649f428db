"""`make check` runs the tests that concern what was changed."""

from pathlib import Path

from changed import SOME, changed, concerning

ROOT = Path(__file__).parents[2]


def test_code_is_tested_by_what_imports_it_or_is_named_after_it() -> None:
    chosen = concerning([Path("build_site/evidence/effects.py")], ROOT)
    assert {"tests/build_site/test_effects.py", "tests/build_site/test_effects_page.py"} <= {
        *chosen
    }
    assert "tests/build_site/test_import_bad.py" not in chosen


def test_a_script_is_tested_by_the_browser_concerning_its_name() -> None:
    chosen = concerning([Path("build_site/client/overview.js")], ROOT)
    assert chosen == ["tests/browser/test_overview.py"]


def test_code_that_no_test_imports_is_tested_by_the_whole() -> None:
    chosen = concerning([Path("site_src/assets/palette.css"), Path("train/compiled.py")], ROOT)
    assert "tests/build_site/test_site.py" in chosen
    assert any(name.startswith("tests/train/") for name in chosen)


def test_documents_are_tested_and_what_nothing_tests_is_left_out() -> None:
    assert concerning([Path("CONTRIBUTING.md"), Path("LICENSE")], ROOT) == ["tests/project"]


def test_where_nothing_differs_some_tests_of_each_kind_are_run() -> None:
    assert concerning([], ROOT) == []
    assert {Path(name).parent.name for name in SOME} == {
        "project",
        "train",
        "build_site",
        "browser",
    }
    assert all((ROOT / name).is_file() for name in SOME)


def test_a_new_file_counts_as_changed(tmp_path: Path) -> None:
    assert changed(tmp_path) == []  # no repository
    for file in changed(ROOT):
        assert (ROOT / file).is_file()
