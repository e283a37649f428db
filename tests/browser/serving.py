"""The built site on a small server: under any path, with the headers that the documents advise."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from build_site.provenance import ROOT

SERVERS = ("nginx.conf", "Caddyfile", "apache.conf")
# NAME "VALUE", whatever the server's own words before it are.
HEADER = re.compile(
    r'^\s*(?:add_header|Header always set)?\s*([A-Z][\w-]+-[\w-]+) "([^"]+)"', re.MULTILINE
)


def advised_headers(server: str) -> dict[str, str]:
    """The headers that docs/servers tells a server to send."""
    text = (ROOT / "docs" / "servers" / server).read_text(encoding="utf-8")
    return dict(HEADER.findall(text))


class SiteHandler(SimpleHTTPRequestHandler):
    """Answers for a folder below `prefix`, with the site's own page for what is not found."""

    def __init__(
        self, *arguments: object, prefix: str, headers: Mapping[str, str], directory: Path
    ) -> None:
        self.prefix = quote(prefix)
        self.sent = headers
        super().__init__(*arguments, directory=directory)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        if not path.startswith(self.prefix):
            return str(Path(self.directory, "no such file"))
        return super().translate_path("/" + path.removeprefix(self.prefix))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory, "404.html")
        if code != HTTPStatus.NOT_FOUND or not self.path.startswith(self.prefix):
            return super().send_error(code, message, explain)
        content = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return None

    def end_headers(self) -> None:
        for name, value in self.sent.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def served(
    site: Path, prefix: str = "/", headers: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The address, with a slash at its end, of a server that has the site under a path."""
    handler = partial(SiteHandler, prefix=prefix, headers=headers or {}, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as opened:
        threading.Thread(target=opened.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{opened.server_address[1]}{quote(prefix)}"
        opened.shutdown()
