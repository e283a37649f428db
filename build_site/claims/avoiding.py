"""What a claim about importance comes to where values are avoided that no good run has."""

from build_site.answers.weight import avoided, share_words
from build_site.claims.ledger import Claim
from build_site.findings import Findings


def without(findings: Findings, claim: Claim) -> str:
    """What either of two hyper-parameters explains then, as a sentence; "" for other claims.

    A single value that ruins nearly every run may be all that makes its hyper-parameter matter.
    """
    found = findings.importance_without
    compared = (claim.parameter, claim.than)
    if found is None or claim.measure != "percentile" or None in compared:
        return ""
    shares = {
        factor.parameter.spoken: found.alone(place)
        for place, factor in enumerate(findings.factors)
        if factor.parameter.name in compared
    }
    if not all(each.known for each in shares.values()):
        return ""
    told = " and ".join(f"{name} {share_words(each)}" for name, each in shares.items())
    return f"Without {avoided(findings)}: {told} of the variance"
