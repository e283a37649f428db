"""Names that no folder of a study can have in a site."""

from collections.abc import Iterable

from build_site.refusals import Refused

# Besides the hand-written pages: what the site's assets, downloads and search lie in.
TAKEN = frozenset({"assets", "downloads", "import", "search"})

# What Windows takes for a device: a site with such a folder could not be unpacked there.
DEVICES = frozenset(
    {"con", "nul", "aux", "prn", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)


def is_device(name: str) -> bool:
    """Whether no folder can have this name on Windows."""
    return name.lower() in DEVICES


def is_taken(name: str) -> bool:
    """Whether the section of a study cannot have this name, on any file system."""
    return name.lower() in TAKEN or is_device(name)


class SourceError(Refused, ValueError):
    """Studies that cannot share a site; the message says why."""


def check_names(names: Iterable[str]) -> None:
    """Check that the studies of a site, of which there are several, can have a folder each.

    Raises:
        SourceError: if one would take a name that is in use.
    """
    taken = set(TAKEN)
    for name in names:
        if name.lower() in taken:
            raise SourceError(
                f"a study cannot be named {name!r} in this site, the name is in use; "
                "leave one out or rename it"
            )
        taken.add(name.lower())
