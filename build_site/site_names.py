"""Names of folders at the root of the site, which no study's section may have."""

# Besides the hand-written pages: what the site's assets, downloads and search lie in.
TAKEN = frozenset({"assets", "downloads", "import", "search"})


def is_taken(name: str) -> bool:
    """Whether the section of a study cannot have this name, on any file system."""
    return name.lower() in TAKEN
