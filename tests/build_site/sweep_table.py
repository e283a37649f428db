"""A small table of a sweep, with a column of each kind that an import tells apart."""

from pathlib import Path

ROWS = 24
HEADER = "id,dataset,seed,status,lr,batch size,optimizer,size,dropout,val_acc,train_loss,seconds"


def _row(n: int) -> str:
    parts = (
        *(f"run-{n}", ["mnist", "svhn"][n % 2], n % 3, "finished", 10 ** -(1 + n / 6)),
        *(2 ** (4 + n % 4), ["adam", "sgd"][n // 2 % 2], ["small", "large", "medium"][n % 3]),
        *(n / ROWS, 50 + n, 1 / (1 + n), 3.5),
    )
    return ",".join(map(str, parts))


def write_sweep_table(path: Path) -> Path:
    """A CSV file of ROWS runs."""
    path.write_text("\n".join([HEADER, *map(_row, range(ROWS))]), encoding="utf-8")
    return path
