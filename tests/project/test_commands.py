"""Every command and every option is documented, with its help."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import commands
import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = (ROOT / "COMMANDS.md").read_text(encoding="utf-8")


def options(name: str, command: click.Command) -> Iterator[tuple[str, click.Parameter]]:
    """All options and arguments of a command and of its own commands."""
    yield from ((name, parameter) for parameter in command.params)
    for own, each in commands.own_commands(command, click.Context(command)):
        yield from options(f"{name} {own}", each)


OPTIONS = [found for name, program in commands.PROGRAMS.items() for found in options(name, program)]


def test_the_page_of_commands_is_what_they_say() -> None:
    assert commands.document() == COMMANDS, "`make commands` writes COMMANDS.md anew"


@pytest.mark.parametrize(
    ("command", "parameter"), OPTIONS, ids=[f"{name} {each.name}" for name, each in OPTIONS]
)
def test_every_option_is_documented(command: str, parameter: click.Parameter) -> None:
    for word in [*parameter.opts, *parameter.secondary_opts]:
        if isinstance(parameter, click.Option):
            assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", COMMANDS), (command, word)
            assert parameter.help, f"{command} {word} has no help"


def test_every_target_of_make_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    said = commands.targets()
    assert sorted(said) == sorted(listed.split())
    assert [name for name, line in said.items() if not line] == []


def test_the_documents_name_no_target_that_is_not_there() -> None:
    known = commands.targets()
    for document in ROOT.glob("*.md"):
        text = document.read_text(encoding="utf-8")
        named = set(re.findall(r"(?:^|`|\n)make ([a-z][a-z-]*)", text))
        assert named <= set(known), document.name
