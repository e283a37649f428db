"""The SQL files of this folder."""

from pathlib import Path


def sql(name: str) -> str:
    """The text of NAME.sql; a name may begin with a folder of this one, "claims/trend"."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
