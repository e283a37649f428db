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
DATE = "a date"
DIFFERENT = "text that is different in each run"
MANY = f"text of more than {MOST_VALUES} different values"
ROLES: dict[Role, str] = {"metric": RESULT, "context": TAG, "run": IDENTIFIER, "ignored": OWN}

LEAST_NAMES = 20  # runs, from which a text that is different in each is a name
DATES = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}([T _]\d{1,2}[:.-]\d{2}.*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( \d.*)?"
)


def reason(column: Column, profile: Profile) -> str | None:
    """Why a column that has no other role is no parameter; None if it is one."""
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
    return _by_name(column, profile) or _by_values(profile)


def _by_name(column: Column, profile: Profile) -> str | None:
    if vocabulary.is_index(column.label):
        return IDENTIFIER
    if vocabulary.is_bookkeeping(column.label, is_text=not profile.is_mostly_numeric):
        return BOOKKEEPING
    if vocabulary.is_progress(column.label):
        return PROGRESS
    if vocabulary.is_side_result(column.label):
        return MEASURED
    if vocabulary.is_result(column.label) and profile.is_mostly_numeric:
        # 16 and 32 in a column `precision` are no results.
        is_setting = "precision" in vocabulary.words_of(column.label) and profile.is_integer
        return None if is_setting else RESULT
    return None


def _by_values(profile: Profile) -> str | None:
    if profile.is_mostly_numeric:
        return None
    if profile.values and all(map(DATES.fullmatch, profile.values)):
        return DATE
    if len(profile.values) == profile.stated > 2:
        return DIFFERENT
    return None if profile.values else MANY
