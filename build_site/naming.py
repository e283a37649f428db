"""How names from a study stand within a sentence."""


def spoken(label: str) -> str:
    """A label within a sentence: "batch size" for "Batch size", but "L2 norm" as it is."""
    ordinary = label[1:2].islower() and label[1:].islower()
    return label[:1].lower() + label[1:] if ordinary else label
