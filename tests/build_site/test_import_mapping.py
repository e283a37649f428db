"""What columns are is written to a map, and a map that was edited decides."""

import subprocess
import tomllib
from pathlib import Path

import pytest
from importing import imported, refusal
from sweep_table import write_sweep_table


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_sweep_table(tmp_path / "sweep.csv")


def test_map_that_was_written_makes_the_same_study(table: Path, tmp_path: Path) -> None:
    first = imported(tmp_path / "s.duckdb", table)
    again = imported(tmp_path / "t" / "s.duckdb", table, "--map", tmp_path / "s.map.toml")
    assert (again.runs, again.parameters) == (first.runs, first.parameters)
    assert {k: v for k, v in again.study.items() if k != "created"} == {
        k: v for k, v in first.study.items() if k != "created"
    }


def test_map_of_any_text_is_toml(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    odd = 'a "b" \\ \x7f \t # = [x]'
    table.write_text(f'"{odd.replace(chr(34), 2 * chr(34))}",accuracy\nx,0.5\ny,0.6\n')
    imported(tmp_path / "s.duckdb", table, "--parameter", odd)
    written = tomllib.loads((tmp_path / "s.map.toml").read_text(encoding="utf-8"))
    assert written["parameter"][0]["column"] == odd


def test_map_decides(table: Path, tmp_path: Path) -> None:
    told = tmp_path / "told.toml"
    told.write_text(
        """
        [study]
        title = "My sweep"
        [metric]
        column = "train_loss"
        label = "Loss"
        [columns]
        dataset = ""
        [[parameter]]
        column = "size"
        label = "Size of the net"
        values = ["large", "medium", "small"]
        kind = "categorical"
        [[parameter]]
        column = "batch size"
        kind = "numeric"
        scale = "linear"
        """,
        encoding="utf-8",
    )
    study = imported(tmp_path / "s.duckdb", table, "--map", told)
    assert study.study["title"] == "My sweep"
    assert (study.study["metric_label"], study.study["direction"]) == ("Loss", "minimize")
    assert study.datasets == ["My sweep"]
    assert study.parameters["Size of the net"]["values"] == ["large", "medium", "small"]
    assert study.parameters["Size of the net"]["kind"] == "categorical"
    assert study.parameters["batch size"]["kind"] == "numeric"


def test_edited_map_is_not_overwritten(table: Path, tmp_path: Path) -> None:
    imported(tmp_path / "s.duckdb", table)
    edited = tmp_path / "s.map.toml"
    edited.write_text(edited.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    assert "is kept as it was" in imported(tmp_path / "s.duckdb", table).said
    assert edited.read_text(encoding="utf-8").endswith("# mine\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[metrik]", "the map has no 'metrik'; it may have study, metric"),
        ("[metric]\ncolumn = 'nothing'", "there is no column 'nothing'; there are 'id'"),
        ("[metric]\ndirection = 'up'", "direction is maximize or minimize, not 'up'"),
        ("[metric]\npercent = 'yes'", "percent of metric is no true or false"),
        ("[[parameter]]\nkind = 'ordinal'", "a parameter has no column"),
        ("[[parameter]]\ncolumn = 'optimizer'\nkind = 'numeric'", "cannot be numeric"),
        ("[[parameter]]\ncolumn = 'size'\nvalues = ['small']", "which is not among the values"),
        (
            "[[parameter]]\ncolumn = 'size'\n[[parameter]]\ncolumn = 'size'",
            "column 'size' cannot be a parameter twice",
        ),
        (
            "[metric]\ncolumn = 'val_acc'\n[[parameter]]\ncolumn = 'val_acc'",
            "column 'val_acc' cannot be metric and parameter",
        ),
        ("[[parameter]]\ncolumn = 'size'\ndefault = 'huge'", "the default 'huge' is no value"),
        ("[columns]\nseed = 'val_acc'\n[metric]\ncolumn = 'val_acc'", "cannot be metric and seed"),
        (
            "[status]\ncompleted = [1, 2]",
            "completed of status lists words in quotes, and 1 is none",
        ),
        (
            "[[parameter]]\ncolumn = 'lr'\nkind = 'numeric'\nvalues = [0.1]",
            "column 'lr' is numeric, so it has no list of values",
        ),
        ("[[parameter]]\ncolumn = 'size'\nvalues = [['small']]", "and ['small'] is none"),
        ("[[parameter]]\ncolumn = 'size'\nvalues = ['m', 'm']", "has one of them twice"),
        (
            "[[parameter]]\ncolumn = 'batch size'\nvalues = ['16', 'many']",
            "'many' is no value of column 'batch size', which has numbers",
        ),
        ("[[parameter]]\ncolumn = 'lr'\ndefault = 'some'", "'some' is no value of column 'lr'"),
        ("[[parameter]]\ncolumn = 'lr'\ndefault = nan", "'lr'"),
        (
            "[[dataset]]\nname = 'mnist'\nclasses = 0",
            "classes of data set 'mnist' is 0; it is 1 or",
        ),
        ("[[dataset]]\nname = 'mnist'\nclasses = 9999999999", "and 2,147,483,647 at most"),
        ("[[dataset]]\nname = 'mnist'\ntrain_size = -1", "train_size of data set 'mnist' is -1"),
        ("[[dataset]]\nname = 'mnist'\nchance = nan", "chance of data set 'mnist' is no finite"),
        ("[[dataset]]\nname = 'mnist'\nchance = 10", "is 10, but the metric is a share: write 0.1"),
        ("[[dataset]]\nname = 'mnist'\nchance = -0.1", "is -0.1, but the metric is a share"),
        (
            "[[dataset]]\nname = 'cifar'\nchance = 0.1",
            "the map describes the data set 'cifar', of which there is no row; there are 'mni",
        ),
        ("[[dataset]]\nname = 'mnist'\n[[dataset]]\nname = 'mnist'", "'mnist' is described twice"),
        ("[study]\nname = 'Assets'", "'Assets': a folder of the site has that name"),
        ("study = 1", "study of the map is no table"),
        ("this is = = no", "is no TOML"),
    ],
)
def test_wrong_map_is_refused(table: Path, tmp_path: Path, text: str, sentence: str) -> None:
    told = tmp_path / "told.toml"
    told.write_text(text, encoding="utf-8")
    assert sentence in refusal("import", table, "--map", told, "--out", tmp_path / "s.duckdb")


def test_map_may_write_numbers_and_truth_as_they_are(tmp_path: Path) -> None:
    table, told = tmp_path / "t.csv", tmp_path / "told.toml"
    rows = "".join(f"{n / 10},{bool(n % 2)},{1 + n / 10}\n" for n in range(20))
    table.write_text(f"momentum,augment,val_loss\n{rows}", encoding="utf-8")
    values = ", ".join(str(n / 10) for n in range(1, 20))
    told.write_text(
        f"""
        [[parameter]]
        column = "momentum"
        values = [0, {values}]
        default = 1e-1
        [[parameter]]
        column = "augment"
        values = [true, false]
        default = true
        [[dataset]]
        name = "T"
        chance = 2.303
        """,
        encoding="utf-8",
    )
    study = imported(tmp_path / "s.duckdb", table, "--map", told)
    momentum, augment = study.parameters["momentum"], study.parameters["augment"]
    assert (momentum["kind"], momentum["default_value"]) == ("ordinal", "0.1")
    assert momentum["values"] == [str(n / 10) for n in range(20)]
    assert (augment["values"], augment["default_value"]) == (["True", "False"], "True")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain.csv", "plain.csv"),
        ("my  runs.csv", "'my  runs.csv'"),
        ("it's; rm -rf ~.csv", "'it'\"'\"'s; rm -rf ~.csv'"),
        ("a\nb.csv", "$'a\\x0ab.csv'"),
    ],
)
def test_command_in_a_map_is_one_that_a_shell_takes(
    table: Path, tmp_path: Path, name: str, shown: str
) -> None:
    file = table.rename(tmp_path / name)
    imported(tmp_path / "s.duckdb", file)
    _, command, *_ = (tmp_path / "s.map.toml").read_text(encoding="utf-8").splitlines()
    assert shown in command.replace(f"{tmp_path}/", "")
    words = subprocess.run(
        ["/bin/bash", "-c", f"printf '%s\\0' {command.removeprefix('#')}"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split("\0")
    assert words[4] == str(file)
    assert words[-2] == str(tmp_path / "s.map.toml")


def test_map_settles_whether_a_mixture_is_in_per_cent(tmp_path: Path) -> None:
    table, told = tmp_path / "t.csv", tmp_path / "told.toml"
    table.write_text("lr,accuracy\n0.1,0.5\n0.2,60\n0.3,70\n", encoding="utf-8")
    out = tmp_path / "s.duckdb"
    assert "seems to mix shares and per cent" in refusal("import", table, "--out", out)
    told.write_text("[metric]\npercent = true\n", encoding="utf-8")
    assert imported(out, table, "--map", told).column("accuracy") == [0.005, 0.6, 0.7]
