"""Numbers of an answer in words."""

import math

from build_site.statistics import Estimate

MINUS = "\N{MINUS SIGN}"


def size(estimate: Estimate) -> str:
    """12.1 points [6.6, 17.6]: a difference of percentiles, in hundredths."""
    return f"{number(estimate.value)} points {interval(estimate)}"


def signed(estimate: Estimate, *, unit: bool = True) -> str:
    """+12.1 points [6.6, 17.6]."""
    plus = "+" if estimate.value >= 0.0005 else ""
    return f"{plus}{number(estimate.value)}{' points' if unit else ''} {interval(estimate)}"


def interval(estimate: Estimate) -> str:
    """[6.6, 17.6], in hundredths."""
    if math.isnan(estimate.low):
        return "[too few runs]"
    return f"[{number(estimate.low)}, {number(estimate.high)}]"


def number(share: float) -> str:
    """A share in hundredths, with one decimal or what it takes, and a real minus sign."""
    decimals = 2 if 0.005 <= abs(share) * 100 < 0.05 else 1  # 0.0 would hide on which side of 0
    text = f"{share * 100:.{decimals}f}"
    return text.removeprefix("-") if text == "-0.0" else text.replace("-", MINUS)


def negated(estimate: Estimate) -> Estimate:
    """The same difference the other way round."""
    return Estimate(estimate.n, -estimate.value, -estimate.high, -estimate.low)


def level_words(estimate: Estimate) -> str:
    """54.2 % [50.2, 58.2] (n = 214): a mean percentile."""
    return f"{number(estimate.value)}\N{NO-BREAK SPACE}% {interval(estimate)} (n = {estimate.n:,})"


def chance(p: float) -> str:
    """A probability as a reader needs it."""
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"
