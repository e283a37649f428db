"""MkDocs compiles the templates of its theme anew for each site: here once a process.

It also goes through the 14,000 files of the theme. The two are a fifth of the time that a small
site takes, and tests build a hundred of them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import BytecodeCache, Environment
from mkdocs.theme import Theme

if TYPE_CHECKING:
    from types import CodeType

    from jinja2.bccache import Bucket


class _Compiled(BytecodeCache):
    """Templates by name, file and content, as Jinja compiled them in this process."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key, bucket.checksum] = bucket.code


@cache
def compile_templates_once() -> None:
    """Let each environment that MkDocs makes from now on use what an earlier one found."""
    compiled, make = _Compiled(), Theme.get_env
    listed: dict[tuple[str, ...], list[str]] = {}

    def get_env(theme: Theme) -> Environment:
        environment = make(theme)
        environment.bytecode_cache = compiled
        list_templates = environment.list_templates

        def list_once(*arguments: Any, **named: Any) -> list[str]:  # noqa: ANN401 - Jinja's own
            # MkDocs leaves out what the theme says are static templates.
            key = (*theme.dirs, *sorted(theme.static_templates))
            if key not in listed:
                listed[key] = list_templates(*arguments, **named)
            return listed[key]

        environment.list_templates = list_once  # type: ignore[method-assign]
        return environment

    Theme.get_env = get_env  # type: ignore[method-assign]
