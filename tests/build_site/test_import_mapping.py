"""What columns are is guessed, shown, written to a map, and read back from it."""

import subprocess
import tomllib
from pathlib import Path

import pytest
from importing import imported, refusal, succeed

from build_site.importers.vocabulary import direction_of, verdict

ROWS = 24
HEADER = "id,dataset,seed,status,lr,batch size,optimizer,size,dropout,val_acc,train_loss,seconds"


def row(n: int) -> str:
    parts = (
        *(f"run-{n}", ["mnist", "svhn"][n % 2], n % 3, "finished", 10 ** -(1 + n / 6)),
        *(2 ** (4 + n % 4), ["adam", "sgd"][n // 2 % 2], ["small", "large", "medium"][n % 3]),
        *(n / ROWS, 50 + n, 1 / (1 + n), 3.5),
    )
    return ",".join(map(str, parts))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "sweep.csv"
    path.write_text("\n".join([HEADER, *map(row, range(ROWS))]), encoding="utf-8")
    return path


def test_columns_are_guessed(table: Path, tmp_path: Path) -> None:
    study = imported(tmp_path / "s.duckdb", table)
    kinds = {label: (p["kind"], p["scale"]) for label, p in study.parameters.items()}
    assert kinds == {
        "lr": ("numeric", "log"),
        "batch size": ("ordinal", "log"),
        "optimizer": ("categorical", "linear"),
        "size": ("ordinal", "linear"),
        "dropout": ("numeric", "linear"),
    }
    assert study.parameters["size"]["values"] == ["small", "medium", "large"]
    assert study.parameters["batch size"]["values"] == ["16", "32", "64", "128"]
    assert study.parameters["batch size"]["name"] == "batch_size"
    assert study.study["metric_label"] == "Val acc"
    assert study.study["direction"] == "maximize"
    assert study.datasets == ["mnist", "svhn"]
    assert set(study.column("seed")) == {0, 1, 2}
    assert set(study.column("seconds")) == {3.5}
    assert study.runs[0]["run_id"] == "run-0"


def test_guess_is_shown(table: Path, tmp_path: Path) -> None:
    said = imported(tmp_path / "s.duckdb", table).said
    for part in ("val_acc", "more is better", "numeric, log scale", "24 runs.", "s.map.toml"):
        assert part in said


def test_percent_becomes_a_share(table: Path, tmp_path: Path) -> None:
    study = imported(tmp_path / "s.duckdb", table)
    assert sorted(study.column(study.study["metric"])) == pytest.approx(
        [(50 + n) / 100 for n in range(ROWS)]
    )


def test_runs_of_one_configuration_share_its_id(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("lr,seed,accuracy\n0.1,1,0.5\n0.1,2,0.6\n0.2,1,0.7\n", encoding="utf-8")
    ids = imported(tmp_path / "s.duckdb", table).column("config_id")
    assert ids[0] == ids[1] != ids[2]


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


@pytest.mark.parametrize("name", ["assets", "Import", "downloads"])
def test_study_gets_a_name_that_the_site_has_no_folder_of(
    name: str, table: Path, tmp_path: Path
) -> None:
    study = imported(tmp_path / f"{name}.duckdb", table)
    assert study.study["name"] == f"{name.lower()}_study"


def test_what_cannot_be_guessed_is_asked_for(tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "s.duckdb"
    table.write_text("lr,test_mse,test_mae\n0.1,1.5,1.5\n0.2,2.5,2.5\n", encoding="utf-8")
    message = refusal("import", table, "--out", out)
    assert "say --metric with one of 'test_mse', 'test_mae'" in message
    assert imported(out, table, "--metric", "test_mse").study["direction"] == "minimize"
    table.write_text("lr,quality\n0.1,1.5\n0.2,2.5\n", encoding="utf-8")
    assert "no column is a metric by its name" in refusal("import", table, "--out", out)
    message = refusal("import", table, "--out", out, "--metric", "quality")
    assert "say --direction maximize or --direction minimize" in message


def test_unknown_words_of_a_status_are_asked_for(tmp_path: Path) -> None:
    table, told = tmp_path / "t.csv", tmp_path / "told.toml"
    rows = "0.1,fertig,0.5\n0.2,kaputt,0.5\n0.3,fertig,0.7\n"
    table.write_text(f"lr,status,accuracy\n{rows}", encoding="utf-8")
    out = tmp_path / "s.duckdb"
    asked = refusal("import", table, "--out", out, "--status", "status")
    assert "words that are not understood, 'fertig', 'kaputt'" in asked
    told.write_text(
        "[columns]\nstatus = 'status'\n[status]\ncompleted = ['fertig']\nfailed = ['kaputt']",
        encoding="utf-8",
    )
    study = imported(out, table, "--map", told)
    assert study.column("status") == ["completed", "failed", "completed"]


def test_status_with_some_unknown_words_is_no_parameter(tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "s.duckdb"
    rows = "0.1,ok,0.5\n0.2,kaputt,0.5\n0.3,ok,0.7\n"
    table.write_text(f"lr,state,accuracy\n{rows}", encoding="utf-8")
    asked = refusal("import", table, "--out", out)
    assert "column 'state' has words that are not understood, 'kaputt'; list them" in asked
    assert asked.endswith("or say --status '' if it tells something else\n")
    study = imported(out, table, "--status", "")
    assert study.parameters["state"]["values"] == ["kaputt", "ok"]


def test_what_is_left_out_is_counted_and_shown_on_the_site(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "0.1,done,0.5\n0.2,running,0.6\n0.3,done,\n0.4,done,nan\n0.5,failed,\n0.6,done,0.7\n"
    table.write_text(f"lr,status,accuracy\n{rows}", encoding="utf-8")
    study = imported(tmp_path / "s.duckdb", table)
    assert study.column("status") == ["completed", "diverged", "failed", "completed"]
    assert "4 runs, of which 1 failed and 1 diverged." in study.said
    assert study.provenance["left out"] == {
        "unfinished (running)": 1,
        "without a value of the metric": 1,
    }
    succeed("--study", tmp_path / "s.duckdb", "--out", tmp_path / "site")
    home = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert (
        "Of 6 rows 2 are left out: 1 unfinished (running), 1 without a value of the metric." in home
    )


def test_several_files_are_data_sets_or_parts(tmp_path: Path) -> None:
    for name in ("mnist", "svhn", "part-1", "part-2"):
        (tmp_path / f"{name}.csv").write_text("lr,accuracy\n0.1,0.5\n0.2,0.6\n", encoding="utf-8")
    out = tmp_path / "s.duckdb"
    study = imported(out, tmp_path / "mnist.csv", tmp_path / "svhn.csv")
    assert study.datasets == ["mnist", "svhn"]
    study = imported(out, tmp_path / "part-1.csv", tmp_path / "part-2.csv")
    assert len(study.datasets) == 1
    assert len(study.runs) == 4


def test_runs_may_be_numbered_anew_in_each_file(tmp_path: Path) -> None:
    files = [tmp_path / f"part-{n}.csv" for n in (1, 2)]
    for file in files:
        rows = "".join(f"{1 + n},{n % 3},{n / 30}\n" for n in range(30))
        file.write_text(f"order,depth,accuracy\n{rows}", encoding="utf-8")
    assert list(imported(tmp_path / "s.duckdb", *files).parameters) == ["depth"]


def test_rare_values_are_put_together(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "".join(f"{'common' if n % 2 else f'rare {n}'},{n / 1000}\n" for n in range(600))
    table.write_text(f"augmentation,accuracy\n{rows}", encoding="utf-8")
    out = tmp_path / "s.duckdb"
    study = imported(out, table, "--parameter", "augmentation")
    values = study.parameters["augmentation"]["values"]
    assert len(values) == 100
    assert values[-1] == "(other)"
    assert study.column("augmentation").count("(other)") == 300 - 98


def test_folder_is_an_export_with_the_same_bytes_each_time(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    contents = []
    for name in ("a", "b"):
        imported(tmp_path / name / "sweep", table)
        files = sorted((tmp_path / name / "sweep").iterdir())
        contents.append({file.name: file.read_bytes() for file in files})
    assert contents[0] == contents[1]
    assert "load.sql" in contents[0]
    succeed("--study", tmp_path / "a" / "sweep", "--out", tmp_path / "site")


def test_files_are_shown_at_once_beside_studies(table: Path, tmp_path: Path) -> None:
    imported(tmp_path / "first.duckdb", table)
    succeed("--out", tmp_path / "site", "--study", tmp_path / "first.duckdb", table)
    for page in ("index.html", "first/overview.html", "sweep/overview.html"):
        assert (tmp_path / "site" / page).is_file(), page


def test_minimized_metric_turns_the_site_around(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "".join(f"{n % 10},{['a', 'b'][n % 2]},{1 + n / 10}\n" for n in range(40))
    table.write_text(f"width,optimizer,val_loss\n{rows}", encoding="utf-8")
    succeed(table, "--out", tmp_path / "site")
    home = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    best = home[home.index('id="for-your-data-set"') :]
    assert "<strong>1.000</strong>" in best[:800] or "<strong>1</strong>" in best[:800]


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("val_accuracy", "maximize"),
        ("testAcc", "maximize"),
        ("error_rate", "minimize"),
        ("neg_mean_squared_error", "maximize"),
        ("latency (ms)", "minimize"),
        ("F1", "maximize"),
        ("neg_log_likelihood", "minimize"),
        ("Negative log-likelihood", "minimize"),
        ("recall_negative", None),
        ("value", None),
        ("x", None),
    ],
)
def test_direction_is_in_the_name(name: str, direction: str | None) -> None:
    assert direction_of(name) == direction


def test_a_latency_is_compared_where_there_is_nothing_else(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    lines = [f"{1 + n % 4},{9 + n / 10},{50 + n % 9}" for n in range(40)]
    table.write_text("\n".join(["threads,latency_ms,width", *lines]), encoding="utf-8")
    study = imported(tmp_path / "alone.duckdb", table)
    assert (study.study["metric_label"], study.study["direction"]) == ("Latency ms", "minimize")
    beside = [f"{line},{n / 40}" for n, line in enumerate(lines)]
    table.write_text("\n".join(["threads,latency_ms,width,accuracy", *beside]), encoding="utf-8")
    assert imported(tmp_path / "beside.duckdb", table).study["metric_label"] == "Accuracy"


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("COMPLETE", "completed"),
        ("TrialState.COMPLETE", "completed"),
        ("FINISHED", "completed"),
        ("PRUNED", "unfinished"),
        ("crashed", "failed"),
        ("NaN", "diverged"),
        ("purple", None),
    ],
)
def test_words_for_the_end_of_a_run(word: str, meaning: str | None) -> None:
    assert verdict(word) == meaning


def test_too_many_data_sets_are_not_taken_for_one(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "".join(f"task-{n},{n % 7},{n / 100}\n" for n in range(99))
    table.write_text(f"dataset,depth,accuracy\n{rows}", encoding="utf-8")
    message = refusal("import", table, "--out", tmp_path / "s.duckdb")
    assert "column 'dataset' has 99 values, too many for data sets" in message


def test_map_settles_whether_a_mixture_is_in_per_cent(tmp_path: Path) -> None:
    table, told = tmp_path / "t.csv", tmp_path / "told.toml"
    table.write_text("lr,accuracy\n0.1,0.5\n0.2,60\n0.3,70\n", encoding="utf-8")
    out = tmp_path / "s.duckdb"
    assert "seems to mix shares and per cent" in refusal("import", table, "--out", out)
    told.write_text("[metric]\npercent = true\n", encoding="utf-8")
    assert imported(out, table, "--map", told).column("accuracy") == [0.005, 0.6, 0.7]
