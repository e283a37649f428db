"""Sites for tests, built by the command that everybody uses."""

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from build_site.__main__ import command

EdgeSite = Callable[[str], Path]


def build(*arguments: object) -> None:
    """Run the command; it must succeed."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
