"""The page Methods: every definition with its source, and what the studies cannot tell.

Its numbers are those that the program computes with.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from build_site import curves, levels, statistics
from build_site.answers.weight import LITTLE_DIVERGENCE, LITTLE_SHARE
from build_site.claims.cells import MOST_GROUPS as CLAIM_GROUPS
from build_site.claims.judgement import LEVEL as CLAIM_Q
from build_site.evidence import advice, bootstrap, choices, effects, fine_levels, ped_anova
from build_site.evidence.block_groups import MOST_GROUPS as JACKKNIFE_GROUPS
from build_site.evidence.recommendation import SMALL
from build_site.evidence.squared_length import FEWEST_FREEDOM
from build_site.evidence.terms import MOST_CONTRASTS
from build_site.evidence.validation import FEWEST_MATCHING
from build_site.findings import NEVER_BEST
from build_site.metrics import grouping
from build_site.page_limit import PAGE_RUNS
from build_site.rendering import render
from build_site.section import Section

CLIENT = Path(__file__).parent / "client"


def methods_page(sections: Sequence[Section]) -> str:
    """The Markdown of the page."""
    return render(
        "methods.md",
        studies=sections,
        paces=[pace for section in sections for pace in section.paces],
        page_runs=PAGE_RUNS,
        few=levels.FEW,
        quarters=len(levels.QUANTILES) + 1,
        fine_parts=len(fine_levels.EDGES) + 1,
        fewest=statistics.FEWEST,
        chance=statistics.CHANCE,
        matrix_fewest=client_constant("lift", "FEWEST_RUNS"),
        matrix_q=client_constant("lift", "HIGHEST_Q"),
        most_lines=client_constant("runs_parallel", "MOST_LINES"),
        shortest_id=client_constant("run_table", "SHORTEST_ID"),
        band=client_constant("budget_plot", "SHARE"),
        curve_steps=curves.STEPS,
        curve_largest=curves.LARGEST,
        replicates=bootstrap.REPLICATES,
        effects_q=effects.FALSE_ALARMS,
        power=effects.POWER,
        all_pairs_up_to=effects.ALL_PAIRS_UP_TO,
        claim_groups=CLAIM_GROUPS,
        claim_q=CLAIM_Q,
        folds=advice.FOLDS,
        draws=advice.DRAWS,
        most_runs=advice.MOST_RUNS,
        advised_runs=advice.FEWEST_RUNS,
        advised_blocks=advice.FEWEST_BLOCKS,
        few_configurations=grouping.FEW,
        most_contrasts=MOST_CONTRASTS,
        most_tried=choices.MOST_TRIED,
        small=SMALL,
        matching=FEWEST_MATCHING,
        jackknife_groups=JACKKNIFE_GROUPS,
        freedom=FEWEST_FREEDOM,
        fewest_top=ped_anova.FEWEST_TOP,
        never_best=NEVER_BEST,
        little_share=LITTLE_SHARE,
        little_divergence=LITTLE_DIVERGENCE,
    )


def client_constant(script: str, name: str) -> float | int:
    """The number that a client script computes with.

    Raises:
        LookupError: if the script has no such constant.
    """
    text = (CLIENT / f"{script}.js").read_text(encoding="utf-8")
    found = re.search(rf"^\s*const {name} = ([0-9_.]+);", text, re.MULTILINE)
    if found is None:
        raise LookupError(f"{script}.js has no constant {name}")
    number = float(found[1].replace("_", ""))
    return int(number) if number.is_integer() else number
