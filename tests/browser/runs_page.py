"""What the tests of page Runs share: reading the page, and what SQL says."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from build_site.findings import Findings


def query(findings: Findings, sql: str, values: list[object] | None = None) -> list[tuple]:
    return findings.study.database.execute(sql, values).fetchall()


def page_rows(page: Page) -> list[str]:
    return page.evaluate(
        "[...document.querySelectorAll('#run-table tbody tr')].map((row) => row.dataset.run)"
    )


def csv_rows(page: Page) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    text = Path(download.value.path()).read_bytes().decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def programs(page: Page, positions: list[int]) -> list[str]:
    return page.evaluate(
        "async (runs) => { await hyperatlas.runsCurves.load(); "
        "return runs.map((run) => hyperatlas.runsOpen.program(run)); }",
        positions,
    )


def trained(program: str) -> dict[str, Any]:
    """What a program defines, after one step of training on random images."""
    torch = pytest.importorskip("torch")
    names: dict[str, Any] = {}
    exec(compile(program, "snippet", "exec"), names)  # noqa: S102 - it is what is tested
    before = [weight.detach().clone() for weight in names["network"].parameters()]
    classes = names["network"][-1].out_features
    images = torch.randn(names["BATCH_SIZE"], 3, 32, 32)
    labels = torch.randint(classes, (names["BATCH_SIZE"],))
    names["train"]([(images, labels)], 1)
    after = list(names["network"].parameters())
    assert all(torch.isfinite(weight).all() for weight in after)
    assert any((a != b).any() for a, b in zip(before, after, strict=True))
    return names
