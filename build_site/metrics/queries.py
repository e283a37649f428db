"""The SQL files of this folder."""

from pathlib import Path


def sql(name: str) -> str:
    """The text of NAME.sql."""
    return Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")
