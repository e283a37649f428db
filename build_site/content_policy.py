"""A Content-Security-Policy in every page: what it may load and run, and nothing else.

Only the site's own files may be loaded, and of the scripts that stand in a page only those that it
was built with, each known by its hash. Texts of a study are escaped; should one ever not be, what
it loads from elsewhere and the handlers of its elements are refused still.
"""

import base64
import hashlib
from collections.abc import Iterable
from html.parser import HTMLParser

# The policy goes where a browser reads it before anything that it governs.
BEFORE = '<meta charset="utf-8">'
# Types of script elements that hold data, which no browser runs.
DATA_TYPES = {"application/json", "application/ld+json"}


def with_content_policy(page: str) -> str:
    """The HTML of a page with its policy."""
    policy = content_policy(_inline_scripts(page))
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return page.replace(BEFORE, f"{BEFORE}\n      {meta}", 1)


def content_policy(inline_scripts: Iterable[str]) -> str:
    """The policy of a page with these scripts in its text.

    BokehJS sets styles by script, which needs 'unsafe-inline' for styles alone. Plots are saved
    from blobs and data URLs.
    """
    hashes = "".join(f" '{_sha256(script)}'" for script in inline_scripts)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self'{hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "frame-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _sha256(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _inline_scripts(page: str) -> list[str]:
    parser = _Scripts()
    parser.feed(page)
    parser.close()
    return parser.found


class _Scripts(HTMLParser):
    """Collects the text of the script elements that a browser would run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._runs = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._runs = tag == "script" and "src" not in given and given.get("type") not in DATA_TYPES
        if self._runs:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self._runs:
            self.found[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._runs = False
