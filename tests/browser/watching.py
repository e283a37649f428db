"""A page under watch."""

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Dialog, Error, Page, Request

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

    def note_error(self, error: Error) -> None:
        self.problems.append(str(error))

    def note_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(message.text)

    def note_request(self, request: Request) -> None:
        if request.url.startswith("http") and "//127.0.0.1:" not in request.url:
            self.problems.append(request.url)

    def note_dialog(self, dialog: Dialog) -> None:
        """Pages open none: it is a text of a study that has run as a script."""
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def look_away(self) -> None:
        """Leave the page to whom it is lent next."""
        self.page.remove_listener("pageerror", self.note_error)
        self.page.remove_listener("console", self.note_message)
        self.page.remove_listener("request", self.note_request)
        self.page.remove_listener("dialog", self.note_dialog)


def watch(page: Page, *, patience: int = PATIENCE) -> Watched:
    """Note the errors, warnings and dialogs of a page, and its requests to other hosts."""
    watched = Watched(page, patience=patience)
    page.on("pageerror", watched.note_error)
    page.on("console", watched.note_message)
    page.on("request", watched.note_request)
    page.on("dialog", watched.note_dialog)
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
