"""Tables as people have them: from spreadsheets, notebooks and scripts, none of them tidy."""

from collections.abc import Callable
from dataclasses import dataclass, field

ROWS = 40
RATES = [0.1, 0.01, 0.001]


def accuracy(n: int) -> float:
    return round(0.5 + (37 * n % 41) / 100, 3)


def table(header: str, row: Callable[[int], str], end: str = "") -> str:
    """A CSV file of ROWS rows, of learning rate, optimizer and whatever else `row` has."""
    return "\n".join([header, *map(row, range(ROWS))]) + "\n" + end


def usual(n: int) -> str:
    return f"{RATES[n % 3]},{['adam', 'sgd'][n % 2]},{accuracy(n)}"


def german(number: float) -> str:
    return str(number).replace(".", ",")


@dataclass(frozen=True)
class Messy:
    """A file, and what is to become of it: label -> (kind, values) of each parameter."""

    text: str
    metric: str = "Accuracy"
    parameters: dict[str, tuple[str, list[str] | None]] = field(default_factory=dict)
    runs: int = ROWS
    says: str = ""


LR = ("ordinal", ["0.001", "0.01", "0.1"])
OPTIMIZER = ("categorical", ["adam", "sgd"])
BOTH = {"lr": LR, "opt": OPTIMIZER}
CASES = {
    "decimal commas, with a cell missing and one that is no number": Messy(
        table(
            "lr;opt;accuracy",
            lambda n: (
                f"{german(RATES[n % 3]) if n != 3 else ''};{['adam', 'sgd'][n % 2]};"
                f"{german(accuracy(n)) if n != 5 else 'error'}"
            ),
        ),
        parameters=BOTH,
        runs=ROWS - 1,
        says="1 with a metric that is no number",
    ),
    "decimal commas between tabs": Messy(
        table("lr\topt\taccuracy", lambda n: usual(n).replace(",", "\t").replace(".", ",")),
        parameters=BOTH,
    ),
    "what the separator is, above the names": Messy(
        "sep=;\n" + table("lr;opt;accuracy", lambda n: usual(n).replace(",", ";")),
        parameters=BOTH,
    ),
    "comments and empty lines above the names": Messy(
        "# my sweep, of May\n\n# all of it\n" + table("lr,opt,accuracy", usual), parameters=BOTH
    ),
    "names in a comment, as NumPy writes them": Messy(
        table("# lr,width,accuracy", lambda n: f"{RATES[n % 3]},{n % 4},{accuracy(n)}"),
        parameters={"lr": LR, "width": ("ordinal", ["0", "1", "2", "3"])},
    ),
    "index columns": Messy(
        table("Unnamed: 0.1,Unnamed: 0,lr,opt,accuracy", lambda n: f"{n},{n},{usual(n)}"),
        parameters=BOTH,
        says="names or numbers runs: Unnamed: 0.1",
    ),
    "runs that are numbered from one": Messy(
        table("No.,lr,opt,accuracy", lambda n: f"{n + 1},{usual(n)}"), parameters=BOTH
    ),
    "runs that are numbered by any name, sorted and with gaps": Messy(
        table("Versuch,lr,opt,accuracy", lambda n: f"{101 + 7 * n % 41},{usual(n)}"),
        parameters=BOTH,
        says="names or numbers runs: Versuch",
    ),
    "few runs, in the order of what was tried": Messy(
        "".join(["depth,accuracy\n", *(f"{n + 1},{accuracy(n)}\n" for n in range(12))]),
        parameters={"depth": ("numeric", None)},
        runs=12,
    ),
    "a number of each run that is drawn": Messy(
        table("width,accuracy", lambda n: f"{16 + 37 * n % 101},{accuracy(n)}"),
        parameters={"width": ("numeric", None)},
    ),
    "separators of thousands": Messy(
        table(
            "train_size,hidden,accuracy",
            lambda n: (
                f'"{[1000, 50000][n % 2]:,}","{["64,128", "128,256"][n // 2 % 2]}",{accuracy(n)}'
            ),
        ),
        parameters={
            "train_size": ("ordinal", ["1000", "50000"]),
            "hidden": ("categorical", ["64,128", "128,256"]),  # layers stay what they are
        },
    ),
    "per cent": Messy(
        table(
            "dropout,test accuracy (%)",
            lambda n: f"{[10, 20, 50][n % 3]}%,{100 * accuracy(n):.1f} %",
        ),
        metric="Test accuracy",
        parameters={"dropout (%)": ("ordinal", ["10", "20", "50"])},
    ),
    "units": Messy(
        table(
            "img size,train time,inference ms,accuracy",
            lambda n: f"{[32, 64][n % 2]}px,{n}s,{n / 7:.2f},{accuracy(n)}",
        ),
        parameters={"img size (px)": ("ordinal", ["32", "64"])},
        says="column 'img size' is in px",
    ),
    "spreads": Messy(table("lr,opt,accuracy", lambda n: f"{usual(n)} ± 0.01"), parameters=BOTH),
    "a mean and a deviation": Messy(
        table("lr,opt,accuracy_mean,accuracy_std", lambda n: f"{usual(n)},0.01{n % 7}"),
        metric="Accuracy mean",
        parameters=BOTH,
        says="another result: accuracy_std",
    ),
    "cross-validation of scikit-learn": Messy(
        table(
            ",mean_fit_time,param_C,params,split0_test_score,mean_test_score,std_test_score,"
            "rank_test_score",
            lambda n: (
                f"{n},0.{n},{10 ** (n % 3)},\"{{'C': 1}}\",{accuracy(n)},{accuracy(n)},0.1,{n}"
            ),
        ),
        metric="Mean test score",
        parameters={"C": ("ordinal", ["1", "10", "100"])},
    ),
    "truth in any case": Messy(
        table(
            "augment,batch norm,accuracy",
            lambda n: (
                f"{['True', 'false', 'TRUE', 'False'][n % 4]},{['yes', 'no'][n // 2 % 2]},"
                f"{accuracy(n)}"
            ),
        ),
        parameters={
            "augment": ("ordinal", ["False", "True"]),
            "batch norm": ("ordinal", ["no", "yes"]),
        },
    ),
    "the same word in several cases": Messy(
        table("size,accuracy", lambda n: f"{['small', 'Small', 'large'][n % 3]},{accuracy(n)}"),
        parameters={"size": ("categorical", ["large", "small", "Small"])},
    ),
    "dates": Messy(
        table(
            "when,day,lr,opt,accuracy",
            lambda n: f"2024-03-{1 + n % 28:02d} 12:00:00,{1 + n % 28}.3.2024,{usual(n)}",
        ),
        parameters=BOTH,
        says="a date: when, day",
    ),
    "where and how it was run": Messy(
        table(
            "git_hash,host,user,cmd,save_dir,drop_path,lr,opt,accuracy",
            lambda n: f"a{n}f,node{n % 3},me,train {n},/runs/{n % 4},0.{n % 2},{usual(n)}",
        ),
        parameters={"drop_path": ("ordinal", ["0.0", "0.1"]), **BOTH},
        says="where, how or by whom it was run: git_hash, host, user, cmd, save_dir",
    ),
    "settings with a metric in their name": Messy(
        table(
            "loss,score_fn,error_weight,accuracy",
            lambda n: f"{['ce', 'focal'][n % 2]},{['a', 'b'][n // 2 % 2]},0.{n % 3},{accuracy(n)}",
        ),
        parameters={
            "loss": ("categorical", ["ce", "focal"]),
            "score_fn": ("categorical", ["a", "b"]),
            "error_weight": ("ordinal", ["0.0", "0.1", "0.2"]),
        },
    ),
    "settings with a measurement in their name, and measurements": Messy(
        table(
            "time_limit,memory_size,window_hours,cost,gpu_hours,hours,params (M),accuracy",
            lambda n: (
                f"{10 + n % 2},{[100, 200][n // 2 % 2]},{[1, 24][n // 4 % 2]},{[1, 10][n % 2]},"
                f"{n / 7:.3f},{n / 3:.3f},{1 + n / 9:.3f},{accuracy(n)}"
            ),
        ),
        parameters={
            "time_limit": ("ordinal", ["10", "11"]),
            "memory_size": ("ordinal", ["100", "200"]),
            "window_hours": ("ordinal", ["1", "24"]),
            "cost": ("ordinal", ["1", "10"]),
        },
        says="a time, a size or another measurement: gpu_hours, hours, params (M)",
    ),
    "settings that are called as results are": Messy(
        table(
            "map_size,return_horizon,name,accuracy",
            lambda n: (
                f"{3 + n % 2},{[5, 9][n // 2 % 2]},{['resnet', 'vgg'][n // 4 % 2]},{accuracy(n)}"
            ),
        ),
        parameters={
            "map_size": ("ordinal", ["3", "4"]),
            "return_horizon": ("ordinal", ["5", "9"]),
            "name": ("categorical", ["resnet", "vgg"]),
        },
    ),
    "how and when runs ended": Messy(
        table(
            "start,end,exit_code,error,remarks,lr,opt,accuracy",
            lambda n: (
                f"{1735689600 + 97 * n},{1735789600000 + 997 * n},{n // 36},"
                f"{'out of memory' if n > 35 else ''},{['', 'fine'][n % 2]},{usual(n)}"
            ),
        ),
        parameters=BOTH,
        says="a date: start, end how a run ended: exit_code, error where, how",
    ),
    "a minimised metric beside another": Messy(
        table("lr,opt,test_error,train_error", lambda n: f"{usual(n)},0.{n}"),
        metric="Test error",
        parameters=BOTH,
    ),
    "what spreadsheets write for no value": Messy(
        table(
            "lr,opt,accuracy",
            lambda n: usual(n) if n % 10 else f"0.1,adam,{['-', '#DIV/0!', 'n/a', '?'][n // 10]}",
        ),
        parameters=BOTH,
        runs=ROWS - 4,
        says="Of 40 rows 4 are left out: 4 without a value of the metric",
    ),
    "a number that is none among many": Messy(
        table(
            "width,opt,accuracy",
            lambda n: f"{n if n != 7 else 'auto?'},{['adam', 'sgd'][n % 2]},{accuracy(n)}",
        ),
        parameters={"width": ("numeric", None), "opt": OPTIMIZER},
        says="1 value of column 'width' that is no number counts as missing",
    ),
    "seeds that are words, and another of whole numbers": Messy(
        table(
            "data_seed,seed,lr,opt,accuracy",
            lambda n: f"{n % 4},{['first', 'second'][n % 2]},{usual(n)}",
        ),
        parameters=BOTH,
        says="another seed: data_seed a seed that is no whole number of 64 bits: seed",
    ),
    "seeds of more than 64 bits": Messy(
        table("seed,lr,opt,accuracy", lambda n: f"{2**63 + n},{usual(n)}"),
        parameters=BOTH,
        says="a seed that is no whole number of 64 bits: seed",
    ),
    "a row an epoch": Messy(
        table(
            "exp_name,epoch,lr,accuracy",
            lambda n: f"exp{n // 5},{n % 5},{RATES[n // 5 % 3]},{accuracy(n)}",
        ),
        parameters={"lr": LR},
        runs=ROWS // 5,
        says="another epoch",
    ),
    "a row an epoch, some of them twice": Messy(
        table(
            "run_id,epoch,lr,accuracy",
            lambda n: f"run{n // 5},{[0, 1, 2, 2, 3][n % 5]},{RATES[n // 5 % 3]},{accuracy(n)}",
        ),
        parameters={"lr": LR},
        runs=ROWS // 5,
        says="another epoch",
    ),
    "epochs, and steps beside them": Messy(
        table(
            "epoch,trainer/global_step,_step,lr,opt,accuracy",
            lambda n: f"{3 + n % 2},{90 + n % 7},{90 + n % 3},{usual(n)}",
        ),
        parameters=BOTH,
        says="how far a run had got: trainer/global_step, _step",
    ),
    "a row an epoch, of no one knows which run": Messy(
        table("epoch,lr,opt,accuracy", lambda n: f"{n % 5},{usual(n)}"),
        parameters=BOTH,
        says="no column says which are of one run",
    ),
    "a comma at the end of each line": Messy(
        table("lr,opt,accuracy,", lambda n: f"{usual(n)},"),
        parameters=BOTH,
        says="without a value: column3",
    ),
}
