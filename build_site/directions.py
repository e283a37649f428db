"""Texts of a study lose what would turn the direction of the sentences of a page around them.

Unicode has characters that make all that follows run the other way until another ends it. In a
label they would reverse the words of the site after it. Each becomes the sign for what cannot be
shown; letters that run from right to left do so without them.
"""

import re

TURNING = "[\u202a-\u202e\u2066-\u2069]"  # embeddings, overrides and isolates, and their ends
REPLACEMENT = "\ufffd"
TEXTS = ("VARCHAR", "VARCHAR[]")


def kept_in_place(text: str) -> str:
    """The text without characters that turn what is around it."""
    return re.sub(TURNING, REPLACEMENT, text)


def sql_kept_in_place(column: str, kind: str) -> str:
    """SQL of the same for a column (SQL) of a type; what is no text, nor a list of texts, stays."""
    if kind not in TEXTS:
        return column
    if kind.endswith("[]"):
        return f"list_transform({column}, lambda each: {_replaced('each')})"
    return _replaced(column)


def _replaced(text: str) -> str:
    # Texts of as many bytes as characters are ASCII, and need not be looked through.
    return (
        f"CASE WHEN length({text}) = strlen({text}) THEN {text} "
        f"ELSE regexp_replace({text}, '{TURNING}', '{REPLACEMENT}', 'g') END"
    )
