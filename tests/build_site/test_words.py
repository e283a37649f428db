"""What pages say of a study that is no sweep of this project: a minimised metric, bare names."""

import re
from html import unescape
from pathlib import Path

import duckdb
import pytest
from wide_studies import write_wide_study

from build_site.answers.verdicts import chosen, reference, reference_sentence
from build_site.findings import Findings
from build_site.naming import spoken
from build_site.sources import VIEWS
from build_site.study import open_study

RUNS = 120


def study(path: Path, *, default: str | None = None) -> Findings:
    """Latencies of kernels on one machine; GEMM is the most frequent and the fastest."""
    kernels = ["GEMM" if n % 2 else ("FFT", "Direct")[n // 2 % 2] for n in range(RUNS)]
    latencies = [3 + (kernel != "GEMM") + n % 7 / 10 for n, kernel in enumerate(kernels)]
    parameters = {"kernel": kernels, "LR": [float(10 ** -(n % 6)) for n in range(RUNS)]}
    path = write_wide_study(path, parameters, latencies, direction="minimize", labels={"LR": "LR"})
    return Findings(open_study(_renamed(path, default)))


def _renamed(path: Path, default: str | None) -> Path:
    """The same runs, none of them repeated, of which nothing is known that networks have."""
    with duckdb.connect(str(path)) as database:
        database.execute("UPDATE study SET metric_label = 'Latency, ms'")
        database.execute("UPDATE dataset SET chance = NULL, classes = NULL, train_size = NULL")
        database.execute("UPDATE dataset SET test_size = NULL")
        database.execute("UPDATE run SET config_id = run_id, seed = NULL")
        database.execute("UPDATE parameter SET default_value = ? WHERE name = 'kernel'", [default])
    return path


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The text of every page by its slug."""
    findings = study(tmp_path_factory.mktemp("words") / "s.duckdb")
    made = [page for view in VIEWS for page in view.pages(findings)]
    unread = re.compile(r"<script.*?</script>|<[^>]*>", re.DOTALL)
    return {page.slug: unescape(unread.sub("", page.markdown)) for page in made}


@pytest.mark.parametrize(
    "word",
    [
        *("ccuracy", "training", "etwork", "guessing", "usual", "Relative", "easiest", "block"),
        *("or on each data set", "and on each data set", "seed alone", "another seed"),
        *("iverged", "seed noise", "All data sets", "Images", "Classes"),
    ],
)
def test_pages_do_not_speak_of_what_the_study_does_not_have(
    pages: dict[str, str], word: str
) -> None:
    assert [slug for slug, text in pages.items() if word in text] == []


def test_names_of_columns_keep_their_case(pages: dict[str, str]) -> None:
    assert "Kernel" in pages["failures"]
    assert [slug for slug, text in pages.items() if re.search(r"\bkernel\b|\blr\b", text)] == []


def test_less_is_better(pages: dict[str, str]) -> None:
    assert "Kernel FFT instead of GEMM: \N{MINUS SIGN}" in pages["effects"]
    assert "Kernel GEMM" in pages["index"]


def test_value_that_others_are_compared_with_is_named_for_what_it_is(tmp_path: Path) -> None:
    for name, default, said in (
        ("named", "FFT", ("The usual value is FFT.", "usual or most frequent")),
        ("unnamed", None, ("The most frequent value is GEMM.", "most frequent")),
        ("untried", "Winograd", ("The most frequent value is GEMM.", "most frequent")),
    ):
        findings = study(tmp_path / f"{name}.duckdb", default=default)
        compared = chosen(findings)
        found = (reference_sentence(findings, compared[0]), reference(findings, compared))
        assert found == said, name
    assert reference_sentence(findings, compared[1]).startswith("No value is the most frequent; ")


def test_only_titles_are_put_in_lower_case() -> None:
    assert [spoken(label) for label in ("Batch size", "L2 norm", "LR", "Optimizer")] == [
        "batch size",
        "L2 norm",
        "LR",
        "optimizer",
    ]
