"""What a build is told from outside, checked before anything is done: paths, and the date."""

import os
from pathlib import Path

from build_site.refusals import Refused

# The variable by which MkDocs, which refuses what is no number, and what imports runs are told the
# time, in seconds since 1970. No page shows it.
BUILD_DATE = "SOURCE_DATE_EPOCH"
LATEST = 2**32 - 1  # that a compressed file can say of itself: in 2106


class InputError(Refused, ValueError):
    """Something that no build can work with; the message says what."""


def check_paths(*paths: Path) -> None:
    """Refuse paths that are no text, which a file system may have and DuckDB cannot open.

    Raises:
        InputError: if one is not UTF-8.
    """
    for path in paths:
        try:
            str(path).encode()
        except UnicodeEncodeError as error:
            raise InputError(f"the path {str(path)!a} is not UTF-8; rename it") from error


def check_build_date() -> None:
    """Refuse a time in the environment that is none.

    Raises:
        InputError: if it is no whole number of seconds, or none that a file can have.
    """
    text = os.environ.get(BUILD_DATE)
    if text is None:
        return
    # Not a long one: Python refuses to read it.
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LATEST):
        raise InputError(
            f"the variable {BUILD_DATE} is {text!r}; it must be a number of seconds since 1970, at "
            f"most {LATEST}, or not be set"
        )
