"""What all refusals have in common."""


class Refused(Exception):  # noqa: N818 - not an error of the program
    """What was asked for cannot be done; the message is one sentence that says why."""
