"""Plots as the page gets them."""

import json
import re
from collections import Counter

from build_site.plots import Plot, base_figure, embed, space_labels


def test_marks_are_described_once_not_for_each_state_that_no_page_puts_them_in() -> None:
    figure = base_figure(height=100)
    figure.scatter([0.5], [0.5])
    figure.segment([0], [0], [1], [1])
    html = embed(Plot("marks", "Some marks.", figure, "marks-table"))
    (described,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', html)
    kinds: Counter[str] = Counter()

    def count(part: object) -> None:
        if isinstance(part, dict):
            kinds[str(part.get("name"))] += 1
            for each in part.values():
                count(each)
        elif isinstance(part, list):
            for each in part:
                count(each)

    count(json.loads(described))
    assert (kinds["Scatter"], kinds["Segment"]) == (1, 1)


def test_numbers_of_an_axis_may_be_told_not_to_lie_over_each_other() -> None:
    figure = base_figure(height=100)
    space_labels(figure)
    html = embed(Plot("marks", "Some marks.", figure, "marks-table"))
    assert html.count('"name":"NoOverlap"') == 1
