"""The policy that says what a page may load and run."""

import base64
import hashlib
from pathlib import Path

from build_site.content_policy import add_content_policy

PAGE = """<!doctype html>
<html>
  <head>
    <meta charset="utf-8">
    <script src="assets/study.js"></script>
    <script>theme();</script>
    <script type="application/json">{"data": 1}</script>
  </head>
</html>
"""


def _hash(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


def test_a_page_may_run_the_scripts_it_was_built_with_and_no_others(tmp_path: Path) -> None:
    page = tmp_path / "deep" / "page.html"
    page.parent.mkdir()
    page.write_text(PAGE, encoding="utf-8")
    add_content_policy(tmp_path)
    built = page.read_text(encoding="utf-8")
    assert f"script-src 'self' {_hash('theme();')};" in built
    assert "unsafe-eval" not in built
    # Before anything that it governs.
    assert built.index("Content-Security-Policy") < built.index("<script")


def test_scripts_are_found_however_they_are_written(tmp_path: Path) -> None:
    first, second = "one('</p>');", "two();"
    scripts = f"<SCRIPT\n type='module'>{first}</SCRIPT ><p>text</p><script async>{second}</script>"
    page = tmp_path / "page.html"
    page.write_text(PAGE.replace("<script>theme();</script>", scripts), encoding="utf-8")
    add_content_policy(tmp_path)
    built = page.read_text(encoding="utf-8")
    assert f"script-src 'self' {_hash(first)} {_hash(second)};" in built


def test_remarks_and_attributes_are_no_scripts(tmp_path: Path) -> None:
    odd = '<!-- <script>dead()</script> --><p title="<script>"></p><script data-x="</script>">'
    page = tmp_path / "page.html"
    page.write_text(PAGE.replace("<script>theme();", f"{odd}theme();"), encoding="utf-8")
    add_content_policy(tmp_path)
    assert f"script-src 'self' {_hash('theme();')};" in page.read_text(encoding="utf-8")


def test_every_page_of_a_site_has_a_policy(tmp_path: Path) -> None:
    for name in ("index.html", "404.html"):
        (tmp_path / name).write_text(PAGE, encoding="utf-8")
    add_content_policy(tmp_path)
    for file in tmp_path.iterdir():
        assert file.read_text(encoding="utf-8").count("Content-Security-Policy") == 1
