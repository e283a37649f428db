"""The Chromium that tests drive: the system's, or the one that Playwright installed."""

import shutil

from playwright.sync_api import Browser, Playwright

# The shell is the same browser without a window to draw, and opens pages in two thirds of the time.
INSTALLED = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",  # then it also runs as root, as in a container
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def launch(playwright: Playwright) -> Browser:
    """A browser that finds no host but this one."""
    found = next(filter(None, map(shutil.which, INSTALLED)), None)
    return playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
