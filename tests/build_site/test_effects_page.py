"""Page Effects: what it says in words, and that its numbers are those of the effects."""

import random
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import duckdb
import pytest
from grids import write_grid
from wide_studies import write_wide_study

from build_site.answers.verdicts import chosen, verdicts
from build_site.findings import Findings
from build_site.study import open_study
from build_site.views import effects

PARAMETERS = {"augmentation": ["off", "on"], "optimizer": ["adam", "rmsprop", "sgd"]}
MINUS = "\N{MINUS SIGN}"


def planted(
    path: Path, *, gain: float, count: int = 40, repeats: bool = False, seeded: bool = True
) -> Findings:
    """Augmentation adds `gain`, sgd takes 0.2 away."""
    generator = random.Random(1)  # noqa: S311 - no secret
    rows = [
        {
            "dataset": dataset,
            "augmentation": augmentation,
            "optimizer": optimizer,
            "config": f"{augmentation}-{optimizer}-{number // 2 if repeats else number}",
            "seed": number if seeded else None,
            "accuracy": 0.5
            + gain * (augmentation == "on")
            - 0.2 * (optimizer == "sgd")
            + generator.gauss(0, 0.1),
        }
        for dataset in ("easy", "hard")
        for augmentation in PARAMETERS["augmentation"]
        for optimizer in PARAMETERS["optimizer"]
        for number in range(count)
    ]
    return Findings(open_study(write_grid(path, PARAMETERS, rows)))


def test_what_helps_hurts_and_is_open_is_said(tmp_path: Path) -> None:
    findings = planted(tmp_path / "s.duckdb", gain=0.1)
    words = verdicts(findings, chosen(findings))
    assert words.helps[0].startswith("augmentation on instead of off: +")
    assert words.hurts[0].startswith(f"optimizer sgd instead of adam: {MINUS}")
    assert words.open == ("optimizer: rmsprop cannot be told from adam",)
    assert words.summary == (
        "Of 4 comparisons of two values over all data sets, 3 show that one is better; the other "
        "1 is inconclusive."
    )
    assert "is the smallest that this study would have found" in words.detectable


def test_parameter_that_does_not_matter_says_how_much_it_may(tmp_path: Path) -> None:
    findings = planted(tmp_path / "s.duckdb", gain=0.0)
    words = verdicts(findings, chosen(findings))
    assert re.match(
        r"augmentation: if two of its values differ, then by no more than [\d.]+ points",
        words.open[0],
    )


def test_seed_noise_is_said_where_it_is_known(tmp_path: Path) -> None:
    unknown = planted(tmp_path / "a.duckdb", gain=0.1)
    known = planted(tmp_path / "b.duckdb", gain=0.1, repeats=True)
    assert "No configuration was repeated" in verdicts(unknown, chosen(unknown)).noise
    assert "have a standard deviation of" in verdicts(known, chosen(known)).noise


def test_repeated_runs_without_seeds_are_not_said_to_have_some(tmp_path: Path) -> None:
    for repeats, said in ((False, "No configuration was repeated, so"), (True, "of one configu")):
        path = tmp_path / f"{repeats}.duckdb"
        findings = planted(path, gain=0.1, repeats=repeats, seeded=False)
        assert said in verdicts(findings, chosen(findings)).noise
        (page,) = effects.pages(findings)
        assert "seed" not in page.markdown.lower().replace("atlas-seed", "")


def test_where_no_difference_is_large_enough_to_be_found_it_is_said(tmp_path: Path) -> None:
    findings = planted(tmp_path / "s.duckdb", gain=0.1, count=2)
    large = [replace(each, detectable=1.5) for each in findings.effects.effects]
    findings.effects = replace(findings.effects, effects=tuple(large))
    assert verdicts(findings, chosen(findings)).detectable.startswith(
        "Typically no difference is so large that this study would have found it with a "
    )


def test_table_has_every_effect(tmp_path: Path) -> None:
    findings = planted(tmp_path / "s.duckdb", gain=0.1)
    (page,) = effects.pages(findings)
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page.markdown)
    assert len(rows) == len(findings.effects.effects) + 3  # and those beside the picture
    assert f"on {MINUS} off" in unescape(page.markdown)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_few_runs_leave_no_gap_in_the_page(tmp_path: Path, count: int) -> None:
    for page in effects.pages(planted(tmp_path / "s.duckdb", gain=0.1, count=count)):
        texts = re.findall(r"<(?:p|td|li)[^>]*>(.*?)</(?:p|td|li)>", page.markdown)
        assert not re.search(r"\bnan\b|\bNone\b|\binf\b|  |\( |\(\)", "\n".join(texts))


def test_usual_value_of_a_number_is_the_quarter_that_holds_it(tmp_path: Path) -> None:
    rates = [float(n) for n in range(40)]
    path = write_wide_study(tmp_path / "s.duckdb", {"rate": rates}, [n / 40 for n in range(40)])
    with duckdb.connect(str(path)) as database:
        database.execute("UPDATE parameter SET default_value = '12.2'")
    findings = Findings(open_study(path))
    assert len(findings.factors[0].levels) == 4
    assert findings.usual == (1,)


def test_without_a_default_the_commonest_value_is_the_usual_one(tmp_path: Path) -> None:
    rows = [{"dataset": "easy", "augmentation": "on", "accuracy": n / 10} for n in range(9)]
    rows += [{"dataset": "easy", "augmentation": "off", "accuracy": 0.5}]
    findings = Findings(open_study(write_grid(tmp_path / "s.duckdb", PARAMETERS, rows)))
    assert findings.factors[0].levels[findings.usual[0]].label == "on"


def test_one_value_has_no_page(tmp_path: Path) -> None:
    rows = [{"dataset": "easy", "optimizer": "adam", "accuracy": n / 10} for n in range(9)]
    path = write_grid(tmp_path / "s.duckdb", {"optimizer": ["adam", "sgd"]}, rows)
    assert effects.pages(Findings(open_study(path))) == ()


def test_of_runs_that_all_ended_alike_it_is_not_said_that_they_are_few(tmp_path: Path) -> None:
    optimizers = ["adam", "sgd"] * 30
    study = write_wide_study(
        tmp_path / "s.duckdb",
        {"optimizer": optimizers},
        [0.5] * 60,
        configurations=[f"c{n}" for n in range(60)],
    )
    findings = Findings(open_study(study))
    words = verdicts(findings, chosen(findings))
    assert words.detectable == "All runs of this study ended alike: there is no difference to find."
    assert words.open == ("Optimizer: all runs ended alike",)
