"""Ctrl-C, or SIGTERM, ends a command in one line, with exit code 130, whatever it is doing."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

EXIT_CODE = 130  # 128 and the number of SIGINT, as shells have it
SAID = "Stopped."
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass
class Interruption:
    """Whether Ctrl-C came. What it broke off may say so in an error of its own."""

    came: bool = False

    def end_at_once(self) -> None:
        """From now on Ctrl-C ends the process: nothing is under way yet that it could leave."""
        _answer(_end)

    def raise_once(self) -> None:
        """From now on Ctrl-C raises KeyboardInterrupt, so that work is tidied up."""
        _answer(self._raise)

    def _raise(self, _number: int, _frame: FrameType | None) -> NoReturn:
        self.came = True
        _answer(signal.SIG_IGN)  # systemd and make send it twice: tidying up is under way
        raise KeyboardInterrupt


def _answer(answer: Callable[[int, FrameType | None], NoReturn] | signal.Handlers) -> None:
    for number in SIGNALS:
        signal.signal(number, answer)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    os.write(sys.stderr.fileno(), f"{SAID}\n".encode())
    os._exit(EXIT_CODE)
