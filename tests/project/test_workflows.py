"""What the workflows on GitHub do, as far as that can be seen here."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("ada/atlas", "https://ada.github.io/atlas/"),
        ("Ada-L/Atlas", "https://ada-l.github.io/Atlas/"),
        ("ada/ada.github.io", "https://ada.github.io/"),
        ("Ada/Ada.github.io", "https://ada.github.io/"),
        ("Ada/ada.GitHub.io", "https://ada.github.io/"),
    ],
)
def test_a_site_is_told_the_address_that_pages_gives_it(
    tmp_path: Path, repository: str, address: str
) -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/site.yml").read_text(encoding="utf-8"))
    (step,) = (each for each in workflow["jobs"]["build"]["steps"] if each.get("id") == "build")
    make = tmp_path / "make"
    make.write_text('#!/bin/sh\necho "$SITE_URL" >> addresses\n', encoding="utf-8")
    make.chmod(0o755)
    (tmp_path / "curl").symlink_to("/bin/false")
    subprocess.run(
        ["/bin/bash", "-e", "-c", step["run"]],
        cwd=tmp_path,
        env={
            "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_REPOSITORY": repository,
            "GITHUB_REPOSITORY_OWNER": repository.partition("/")[0],
            "GITHUB_RUN_ID": "1",
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "SITE_URL": "",
        },
        capture_output=True,
        check=True,
    )
    assert (tmp_path / "addresses").read_text(encoding="utf-8") == f"{address}\n"
