"""Names that no folder of a study can have in a site."""

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
