"""Which runs of a study are not independent: what is left out, or weighted, together."""

from string import Template
from typing import Literal

from build_site.metrics.queries import sql
from build_site.study import Study, quoted

Group = Literal["block", "configuration", "run"]

# What is the same for the runs of a group, in together.sql.
COLUMNS: dict[Group, str] = {
    "block": "coalesce(configurations, config_id)",
    "configuration": "config_id",
    "run": "run_id",
}
FEW = 50  # configurations: of so few, groups leave little to compare


def together(group: Group) -> str:
    """SQL that creates the view `together` (run_id, group) of a study whose groups are these."""
    return Template(sql("together")).substitute(group=COLUMNS[group])


def grouping(study: Study) -> Group:
    """What runs that are not independent are together; "run" if each stands for itself.

    Runs of one block share what the block fixes. Where no blocks are recorded, a configuration
    does well or badly in all its runs, for reasons that need not hold for the next one: it is a
    group. Not so in a small grid that is complete, with all combinations repeated everywhere: there
    is no next configuration to speak for, and only repetitions differ by chance.
    """
    database = study.database
    recorded, configurations = database.execute(
        "SELECT count(block_id) > 0, approx_count_distinct(config_id) FROM run"
    ).fetchone() or (False, 0)
    if recorded:
        return "block"
    if configurations > 2 * FEW:  # an estimate: counting millions exactly takes long
        return "configuration"
    columns = [quoted(parameter.name) for parameter in study.parameters]
    combinations = " * ".join(
        [
            "1::DOUBLE",
            *(f"(count(DISTINCT {each}) + bool_or({each} IS NULL)::INT)" for each in columns),
        ]
    )
    query = Template(sql("grouping")).substitute(combinations=combinations, few=FEW)
    (is_small_grid,) = database.execute(query).fetchone() or (False,)
    return "run" if is_small_grid else "configuration"
