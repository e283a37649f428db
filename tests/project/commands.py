"""COMMANDS.md: what each command says of itself. `make commands` writes it anew."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

import build_site.__main__
import train.__main__

ROOT = Path(__file__).parents[2]
WIDTH = 96
PROGRAMS = {
    "python -m build_site": build_site.__main__.command,
    "python -m train": train.__main__.commands,
}
TARGET = re.compile(r"^([a-z][a-z-]*):[^=\n]*?(?:## (.*))?$", re.MULTILINE)
HEAD = """\
# Commands

What each command says when it is asked with `--help`. `make commands` writes this page, and a test
fails where it is not what the commands say.
"""


def document() -> str:
    """The page."""
    parts = [HEAD]
    for name, program in PROGRAMS.items():
        for words, said in helps(program, name):
            level = "##" if words == name else "###"
            parts.append(f"{level} {words}\n\n```text\n{said}\n```\n")
    rows = [f"| `make {name}` | {said} |" for name, said in targets().items()]
    parts.append("\n".join(["## make", "", "| command | what it does |", "|---|---|", *rows, ""]))
    return "\n".join(parts)


def helps(
    command: click.Command, name: str, parent: click.Context | None = None
) -> Iterator[tuple[str, str]]:
    """The words that call a command and each of its own, and what it says with --help."""
    with click.Context(
        command, parent, name, terminal_width=WIDTH, **command.context_settings
    ) as context:
        yield context.command_path, command.get_help(context)
        for own, each in own_commands(command, context):
            if not each.hidden:
                yield from helps(each, own, context)


def own_commands(
    command: click.Command, context: click.Context
) -> Iterator[tuple[str, click.Command]]:
    """The commands of a group; some are only imported when they are asked for."""
    for own in command.list_commands(context) if isinstance(command, click.Group) else ():
        each = command.get_command(context, own)
        assert each is not None
        yield own, each


def targets() -> dict[str, str]:
    """What the Makefile says of each target that is there to be asked for."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return dict(TARGET.findall(text))


if __name__ == "__main__":
    (ROOT / "COMMANDS.md").write_text(document(), encoding="utf-8")
