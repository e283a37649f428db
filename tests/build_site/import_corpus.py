"""Files that no one should meet, and what must come of each: a study, or a sentence."""

import gzip
import pickle
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

ATTACK = "<img src=x onerror=alert(1)></script>"
ROWS = "".join(f"{n},{['adam', 'sgd'][n % 2]},{0.5 + n / 100}\n" for n in range(20))
PLAIN = f"lr,optimizer,accuracy\n{ROWS}"


@dataclass(frozen=True)
class Case:
    """A file by its bytes; `says` is part of the sentence that refuses it, None if it imports."""

    content: bytes
    name: str = "runs.csv"
    says: str | None = None
    runs: int = 20


def _parquet() -> bytes:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as database:
        file = Path(folder, "corpus.parquet")
        database.execute(
            "COPY (SELECT row AS lr, 'a' || row % 2 AS optimizer, 0.5 AS accuracy "
            f"FROM range(20) AS t(row)) TO '{file}' (FORMAT parquet)"
        )
        return file.read_bytes()


class Boom:
    """Raises an alarm when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return (exec, ("raise SystemExit('unpickled')",))


def _text(text: str) -> bytes:
    return text.encode("utf-8")


def _wide(columns: int) -> str:
    header = ",".join(["accuracy", *(f"p{n}" for n in range(columns))])
    rows = [
        ",".join([f"0.{row}", *(str((row * (n + 1)) % 7) for n in range(columns))])
        for row in range(1, 9)
    ]
    return "\n".join([header, *rows])


CASES = {
    "plain": Case(_text(PLAIN)),
    "byte order mark": Case(PLAIN.encode("utf-8-sig")),
    "UTF-16": Case(PLAIN.encode("utf-16")),
    "Latin-1": Case(PLAIN.replace("sgd", "söt").encode("latin-1")),
    "lines that end in two ways": Case(_text(PLAIN.replace("\n", "\r\n", 5))),
    "lines that end in two ways, the other first": Case(
        _text(PLAIN.replace("\n", "\r\n").replace("\r\n", "\n", 5))
    ),
    "Windows line ends": Case(_text(PLAIN.replace("\n", "\r\n"))),
    "compressed": Case(gzip.compress(_text(PLAIN)), "runs.csv.gz"),
    "semicolons and decimal commas": Case(_text(PLAIN.replace(",", ";").replace(".", ","))),
    "tabs": Case(_text(PLAIN.replace(",", "\t")), "runs.tsv"),
    "commas in a file for tabs": Case(_text(PLAIN), "runs.tsv"),
    "wrong extension": Case(_text(PLAIN), "runs.parquet"),
    "no extension": Case(_text(PLAIN), "runs"),
    "a name like a pattern": Case(_text(PLAIN), "runs [1]*.csv"),
    "a name with quotes": Case(_text(PLAIN), 'it\'s "runs".csv'),
    "duplicate columns": Case(_text(PLAIN.replace("lr,optimizer", "x,x"))),
    "columns that differ in case": Case(_text(PLAIN.replace("lr,optimizer", "LR,lr"))),
    "a column without a name": Case(_text(PLAIN.replace("lr,", ",", 1))),
    "reserved names": Case(_text(PLAIN.replace("lr,optimizer", "dataset_,run_id_x"))),
    "names of our own columns": Case(_text(PLAIN.replace("lr,optimizer", "block_id,epochs"))),
    "names in another script": Case(_text(PLAIN.replace("lr,optimizer", "学习率,оптимизатор"))),
    "script in names": Case(_text(PLAIN.replace("lr", f'"{ATTACK}"'))),
    "script in values": Case(_text(PLAIN.replace("sgd", ATTACK))),
    "SQL in names": Case(_text(PLAIN.replace("lr", '"x\'); DROP TABLE raw; --"'))),
    "SQL in values": Case(_text(PLAIN.replace("sgd", "'); DROP TABLE raw; --"))),
    "template in values": Case(_text(PLAIN.replace("sgd", "{{ 7 * 7 }}{% raw %}"))),
    "values of 10,000 characters": Case(_text(PLAIN.replace("sgd", "x" * 10_000))),
    "a name of 10,000 characters": Case(_text(PLAIN.replace("lr", "x" * 10_000))),
    "numbers as quoted strings": Case(_text(re.sub(r"(0\.[0-9]+)", r'" \1 "', PLAIN))),
    "metric that is always the same": Case(
        _text("lr,optimizer,accuracy\n" + "0.1,adam,0.5\n0.2,sgd,0.5\n" * 10)
    ),
    "not a number, and infinity": Case(
        _text(f"{PLAIN}1,adam,nan\n2,adam,inf\n3,adam,-Infinity\n"), runs=23
    ),
    "infinity as a parameter": Case(_text(f"{PLAIN}inf,adam,0.4\nnan,sgd,0.4\n"), runs=22),
    "a few bad runs among accuracies in per cent": Case(
        _text("lr,accuracy\n" + "".join(f"{n},{n + 0.5}\n" for n in range(20)))
    ),
    "many runs that guess one of a hundred classes": Case(
        _text("lr,accuracy\n" + "".join(f"0.{n},{max(1, n - 10)}\n" for n in range(10, 50))),
        runs=40,
    ),
    "metric missing": Case(_text(f"{PLAIN}1,adam,\n2,adam,None\n")),
    "huge numbers": Case(_text(f"{PLAIN}1e308,adam,0.4\n-1e308,sgd,1e300\n"), runs=22),
    "duplicate run ids": Case(
        _text("run_id,lr,accuracy\n" + "a,0.1,0.5\na,0.2,0.6\nb,0.3,0.7\nb,0.3,0.7\n"), runs=3
    ),
    "line breaks in values": Case(_text(PLAIN.replace("sgd", '"s\ng\nd"'))),
    "a column with one cell that is no number": Case(_text(f"{PLAIN}1,adam,error\n")),
    "the same run twice": Case(_text(PLAIN + ROWS.splitlines()[0] + "\n"), runs=21),
    "JSON with a byte order mark": Case(
        b'\xef\xbb\xbf[{"lr": 0.1, "accuracy": 0.5}, {"lr": 0.2, "accuracy": 1}]', runs=2
    ),
    "JSON records": Case(b'[{"lr": 0.1, "accuracy": 0.5}, {"lr": 0.2, "accuracy": NaN}]', runs=2),
    "JSON lines": Case(
        b'{"lr": 1, "net": {"d": 1}, "accuracy": 0.5}\n{"lr": 2, "accuracy": 1}\n', runs=2
    ),
    "Parquet": Case(_parquet(), "runs.parquet"),
    "as many parameters as fit": Case(_text(_wide(40)), runs=8),
    "5,000 columns": Case(
        _text(_wide(5000)), says="it has 5,001 columns; say --metric and --parameter"
    ),
    "empty": Case(b"", says="it is empty"),
    "only a line end": Case(b"\n", says="its first line is empty"),
    "only a header": Case(b"lr,accuracy\n", says="it names columns, but has no row"),
    "JSON without a record": Case(b"[]", "runs.json", says="it is JSON, but no table"),
    "JSON of empty columns": Case(b'{"lr": [], "accuracy": []}', says="it has no rows"),
    "names that nothing separates": Case(b"lr accuracy\n1 0.5\n", says="has no comma, semicolon"),
    "a quote that does not end": Case(_text(f'{PLAIN}1,"adam,0.5\n'), says="line 22 has a quote"),
    "no header": Case(b"1,2,3\n4,5,6\n", says="its first line has numbers"),
    "rows of different lengths": Case(
        _text(f"{PLAIN}1,2,3,4,5\n"), says="line 22 has more values than the 3"
    ),
    "a line that breaks off": Case(
        _text(f"{PLAIN}1,ad"), says="line 22 has 2 values for the 3 columns"
    ),
    "no metric": Case(b"lr,optimizer\n1,adam\n2,sgd\n", says="no column is a metric by its name"),
    "no parameter": Case(b"accuracy\n0.1\n0.2\n", says="no column is a parameter"),
    "no result": Case(b"lr,accuracy\n1,\n2,\n", says="column 'accuracy' has no values; write"),
    "a metric that is never finite": Case(
        b"lr,accuracy\n1,nan\n2,inf\n",
        says="no value of column 'accuracy' is a finite number; say --metric with its name",
    ),
    "commas for points and between columns": Case(
        b'lr,accuracy\n"0,1","0,51"\n"0,2","0,52"\n',
        says="the numbers of column 'accuracy' have commas ('0,51'); save the table with points",
    ),
    "one accuracy in per cent among shares": Case(
        _text(f"{PLAIN}1,adam,91.2\n"),
        says="column 'accuracy' seems to mix shares and per cent: 20 values are at most 1, and 1 "
        "is above; write all as shares, or all in per cent, or say percent = true or percent = ",
    ),
    "one share among accuracies in per cent": Case(
        _text("lr,accuracy\n" + "".join(f"{n},{90 + n}\n" for n in range(4)) + "4,0.93\n"),
        says="'accuracy' seems to mix shares and per cent: 1 value is at most 1, and 4 are above",
    ),
    "UTF-32": Case(PLAIN.encode("utf-32"), says="it is text in UTF-32; save it as UTF-8"),
    "JSON with a name twice": Case(
        b'[{"lr": 1, "lr": 2, "accuracy": 1}]', "runs.json", says="a name twice or too deep"
    ),
    "text after a quote": Case(
        b'lr,optimizer,accuracy\r\n1,"a\nb"c,0.5\r\n', says="has a quote that does not end, or text"
    ),
    "nothing finished": Case(
        b"lr,status,accuracy\n1,running,0.5\n2,running,0.6\n",
        says="no row is a run that ended: 2 unfinished (running)",
    ),
    "random bytes": Case(bytes(range(256)) * 20, says="it is not text, nor Parquet; save"),
    "truncated Parquet": Case(
        _parquet()[:200], "runs.parquet", says="a Parquet file that is incomplete or damaged"
    ),
    "truncated JSON": Case(
        b'[{"lr": 0.1, "accuracy": 0.5}, {"lr"', says="it is JSON with a mistake in it"
    ),
    "truncated gzip": Case(gzip.compress(_text(PLAIN))[:60], says="compressed and damaged"),
    "JSON that is no table": Case(b"[1, 2, 3]", "runs.json", says="it is JSON, but no table"),
    "JSON that is a number": Case(b"5", "runs.json", says="it is JSON, but no table"),
    "a word": Case(
        b"hello", "runs.parquet", says="it is one line of text, and no table; write it again"
    ),
    "pickle": Case(pickle.dumps(Boom()), "runs.pkl", says="it is a pickle"),
    "pickle that claims to be CSV": Case(pickle.dumps(Boom()), says="it is a pickle"),
    "spreadsheet": Case(b"PK\x03\x04" + bytes(100), "runs.xlsx", says="spreadsheet"),
    "DuckDB, truncated": Case(
        bytes(8) + b"DUCK" + bytes(40), "runs.db", says="it is a DuckDB file"
    ),
    "SQLite header alone": Case(b"SQLite format 3\x00" + bytes(84), "runs.db", says="Optuna"),
}
