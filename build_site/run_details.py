"""What the page of runs needs beside the columns of a study: the ids and seeds of its runs."""

from dataclasses import asdict

import numpy as np

from build_site.arrays import Column, encode, to_json
from build_site.findings import Findings
from build_site.study import Study

NO_SEED = np.iinfo(np.int64).min


def run_details_script(findings: Findings) -> str:
    """A classic script that hands over part "runs"; runs stand in the order of table scored."""
    study = findings.study
    described = {
        "ids": _ids(study),
        "scales": {p.name: p.scale for p in study.parameters},
        "classes": [dataset.classes for dataset in findings.datasets],
        "columns": {name: asdict(column) for name, column in _seeds(study).items()},
    }
    return f'hyperatlas.receivePart("runs",{to_json(described)});\n'


def _ids(study: Study) -> dict[str, object]:
    """Ids that are hexadecimal numbers of one length as their bytes, others as they are."""
    lengths = study.database.execute(
        "SELECT min(length(run_id)), max(length(run_id)), "
        "bool_and(regexp_full_match(run_id, '([0-9a-f]{2})+')) FROM scored"
    ).fetchone()
    shortest, longest, hexadecimal = lengths or (None, None, None)
    if hexadecimal and shortest == longest:
        rows = study.database.execute("SELECT unhex(run_id) FROM scored ORDER BY position")
        return {"bytes": shortest // 2, "base64": encode(b"".join(i for (i,) in rows.fetchall()))}
    rows = study.database.execute("SELECT run_id FROM scored ORDER BY position")
    return {"texts": [run_id for (run_id,) in rows.fetchall()]}


def _seeds(study: Study) -> dict[str, Column]:
    """The seeds, if any run has one; 64 bits where 32 do not hold them."""
    seeds = study.database.execute("SELECT seed FROM scored ORDER BY position").fetchnumpy()["seed"]
    if np.ma.count(seeds) == 0:
        return {}
    filled = np.ma.filled(seeds.astype(np.int64), NO_SEED)
    if filled.min() >= 0 and filled.max() < 2**32:
        return {"seed": Column("uint32", encode(filled.astype("<u4")))}
    return {"seed": Column("int64", encode(filled.astype("<i8")))}
