"""python -m build_site: see commands.py."""

from build_site.interruption import Interruption

if __name__ == "__main__":  # before anything else, for that takes time
    Interruption().end_at_once()

from build_site.commands import command, interruption

if __name__ == "__main__":
    interruption.raise_once()
    command(prog_name="python -m build_site")
