"""The policy that says what a page may load and run."""

import base64
import hashlib

from build_site.content_policy import with_content_policy

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


def test_a_page_may_run_the_scripts_it_was_built_with_and_no_others() -> None:
    built = with_content_policy(PAGE)
    assert f"script-src 'self' {_hash('theme();')};" in built
    assert "unsafe-eval" not in built
    # Before anything that it governs.
    assert built.index("Content-Security-Policy") < built.index("<script")


def test_scripts_are_found_however_they_are_written() -> None:
    first, second = "one('</p>');", "two();"
    scripts = f"<SCRIPT\n type='module'>{first}</SCRIPT ><p>text</p><script async>{second}</script>"
    built = with_content_policy(PAGE.replace("<script>theme();</script>", scripts))
    assert f"script-src 'self' {_hash(first)} {_hash(second)};" in built


def test_remarks_and_attributes_are_no_scripts() -> None:
    odd = '<!-- <script>dead()</script> --><p title="<script>"></p><script data-x="</script>">'
    built = with_content_policy(PAGE.replace("<script>theme();", f"{odd}theme();"))
    assert f"script-src 'self' {_hash('theme();')};" in built
