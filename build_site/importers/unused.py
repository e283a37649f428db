"""Why a column is no hyper-parameter."""

import re

from build_site.importers import vocabulary
from build_site.importers.columns import Column, Role
from build_site.importers.inference import MOST_VALUES, Profile

EMPTY = "without a value"
CONSTANT = "the same in all runs"
UNNAMED = "not among the parameters that were named"
RESULT = "another result"
MEASURED = "a time, a size or another measurement"
IDENTIFIER = "names or numbers runs"
OWN = "the tool's own notes"
TAG = "a tag"
BOOKKEEPING = "where, how or by whom it was run"
SEED = "another seed"
ODD_SEED = "a seed that is no whole number of 64 bits"
PROGRESS = "how far a run had got"
ENDED = "how a run ended"
DATE = "a date"
DIFFERENT = "text that is different in each run"
MANY = f"text of more than {MOST_VALUES} different values"
ROLES: dict[Role, str] = {"metric": RESULT, "context": TAG, "run": IDENTIFIER, "ignored": OWN}

# Unix time of the years 2001 to 2033, in seconds or a thousandth, millionth, billionth of one.
UNIX_TIME = (1e9, 2e9)
FRACTIONS = (1.0, 1e3, 1e6, 1e9)
LEAST_NAMES = 20  # runs, from which a text that is different in each is a name
DATES = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}([T _]\d{1,2}[:.-]\d{2}.*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( \d.*)?"
)


def reason(column: Column, profile: Profile, rows: int) -> str | None:
    """Why a column of so many rows that has no other role is no parameter; None if it is one."""
    if profile.stated == 0:
        return EMPTY
    if column.role in {"parameter", None} and vocabulary.is_seed(column.label):
        return SEED if profile.is_integer else ODD_SEED
    all_differ = profile.different >= 0.9 * profile.stated
    if column.role == "parameter":
        # A tool's configuration may hold the name of the run, or where it was saved.
        names_runs = all_differ and not profile.is_mostly_numeric and profile.stated > LEAST_NAMES
        return DIFFERENT if names_runs else None
    if column.role is not None:
        return ROLES.get(column.role, OWN)
    return _by_name(column, profile, rows) or _by_values(column, profile)


def _by_name(column: Column, profile: Profile, rows: int) -> str | None:
    name, is_text = column.label, not profile.is_mostly_numeric
    everywhere = profile.stated == rows
    told = (
        (IDENTIFIER, vocabulary.is_index(name) and not _names_choices(column, profile)),
        (BOOKKEEPING, vocabulary.is_bookkeeping(name, is_text=is_text)),
        (ENDED, vocabulary.is_ending(name, is_text=is_text, is_everywhere=everywhere)),
        (PROGRESS, vocabulary.is_progress(name)),
        (MEASURED, vocabulary.is_side_result(name)),
        (RESULT, vocabulary.is_result(name) and not is_text and not _is_setting(column, profile)),
    )
    return next((why for why, holds in told if holds), None)


def _names_choices(column: Column, profile: Profile) -> bool:
    """Whether a column `name` has a few that return, as of networks."""
    named = vocabulary.words_of(column.label) == ["name"]
    return named and profile.has_few_values and not profile.is_mostly_numeric


def _is_setting(column: Column, profile: Profile) -> bool:
    """Whether the values are settings: a precision of 16 or 32, a cost of 0.1, 1 or 10."""
    words = vocabulary.words_of(column.label)
    if "precision" in words:
        return profile.is_integer
    return "cost" in words and vocabulary.is_doubtful(column.label) and profile.has_few_values


def _by_values(column: Column, profile: Profile) -> str | None:
    if profile.is_mostly_numeric:
        is_time = vocabulary.is_moment(column.label) and _is_unix_time(profile)
        return DATE if is_time else None
    if profile.values and all(map(DATES.fullmatch, profile.values)):
        return DATE
    if len(profile.values) == profile.stated > 2:
        return DIFFERENT
    return None if profile.values else MANY


def _is_unix_time(profile: Profile) -> bool:
    low, high = profile.low or 0.0, profile.high or 0.0
    first, last = UNIX_TIME
    return any(first * each <= low and high <= last * each for each in FRACTIONS)
