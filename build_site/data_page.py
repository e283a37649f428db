"""The page Data: the tables of all studies to take away, and what the site was built from."""

from collections.abc import Sequence

from markupsafe import Markup

from build_site.provenance import Provenance
from build_site.rendering import render
from build_site.section import Section
from build_site.study import SCHEMA, Study, quoted

DOWNLOADS = "downloads"  # the folder of the site that they lie in


def data_page(sections: Sequence[Section], built_from: Provenance) -> str:
    """The Markdown of the page of a site of these studies."""
    titles = [section.title for section in sections]
    return render(
        "data.md",
        studies=sections,
        example=Markup(sections[0].example),  # noqa: S704 - of quoted names, in a code block
        schema=Markup(SCHEMA.read_text(encoding="utf-8").strip()),  # noqa: S704 - ours,
        inputs=list(zip(titles, built_from.studies, strict=True)),
        code=built_from.code,
        packages=built_from.packages,
        options=built_from.options,
    )


def example_columns(study: Study) -> str:
    """What a query of the study may ask for: its metric by its first hyper-parameter, as SQL."""
    names = [parameter.name for parameter in study.parameters[:1]]
    columns = [_named(name) for name in names]
    return ", ".join([*columns, f"avg({_named(study.metric)}) AS mean"])


def _named(name: str) -> str:
    """A column as one writes it: quoted only where it must be; no line or fence of its own."""
    plain = " ".join(name.replace("`", "").split())
    return plain if plain.isidentifier() else quoted(plain)
