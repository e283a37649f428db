"""A page under watch."""

from dataclasses import dataclass, field

from playwright.sync_api import Error, Page

PATIENCE = 30_000  # milliseconds

# Every plot, but those that wait for the reader.
DRAWN = (
    "[...document.querySelectorAll('.atlas-plot__canvas')]"
    ".filter((place) => !place.closest('dialog:not([open]), #curves'))"
    ".every((place) => place.firstElementChild?.shadowRoot?.querySelector('.bk-Canvas'))"
)
# Keeps what the policy of a page refuses in window.refused.
NOTE_REFUSALS = """() => {
  window.refused = [];
  document.addEventListener("securitypolicyviolation", (event) =>
    window.refused.push(event.effectiveDirective));
}"""


def wait_until(page: Page, condition: str, *, patience: int = PATIENCE) -> None:
    """Wait until an expression of JavaScript is true; Playwright's Error if it never is.

    Playwright's own way evaluates a text within the page, which the page's policy forbids.
    """
    page.evaluate(
        f"""() => new Promise((resolve, reject) => {{
          const end = performance.now() + {patience};
          (function poll() {{
            if ({condition}) resolve();
            else if (performance.now() > end) reject(new Error("It did not come true."));
            else setTimeout(poll, 20);
          }})();
        }})"""
    )


@dataclass
class Watched:
    """A page of the site, with everything that it should not have done."""

    page: Page
    problems: list[str] = field(default_factory=list)
    patience: int = PATIENCE

    def open(self, address: str) -> Page:
        """Go there and wait until every plot is drawn but those that wait for the reader.

        Raises:
            Error: if the page cannot be had, or some plot is never drawn.
        """
        self.page.goto(address)
        try:
            wait_until(self.page, DRAWN, patience=self.patience)
        except Error as error:
            raise Error(f"not every plot was drawn within {self.patience / 1000:g} s") from error
        return self.page


def watch(page: Page, *, patience: int = PATIENCE) -> Watched:
    """Note the console errors and warnings of a page, and its requests to other hosts."""
    watched = Watched(page, patience=patience)
    page.on("pageerror", lambda error: watched.problems.append(str(error)))
    page.on(
        "console",
        lambda message: (
            watched.problems.append(message.text) if message.type in {"error", "warning"} else None
        ),
    )
    page.on(
        "request",
        lambda request: (
            watched.problems.append(request.url)
            if request.url.startswith("http") and "//127.0.0.1:" not in request.url
            else None
        ),
    )
    return watched


def select(page: Page, fragment: str) -> None:
    """Change the fragment, and wait until the page has followed."""
    page.evaluate(
        """(fragment) => new Promise((resolve) => {
            if (location.hash.slice(1) === fragment) resolve();
            window.addEventListener("popstate", () => setTimeout(resolve), { once: true });
            location.hash = fragment;
        })""",
        fragment,
    )
