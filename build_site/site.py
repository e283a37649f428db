"""Build the site: all of it, or nothing."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from build_site.assembly import Computed, write_sources
from build_site.findings import Findings
from build_site.hosting import write_hosting_files
from build_site.kept_pages import keep_pages, kept_pages
from build_site.page_limit import PAGE_RUNS
from build_site.pages import render_pages
from build_site.provenance import (
    SITE_URL,
    Provenance,
    program_checksum,
    provenance,
    study_checksum,
    write_record,
)
from build_site.publishing import SiteError, Workshop, check_replaceable, workshop, write_manifest
from build_site.section import Section
from build_site.section_cache import SectionCache, section_keys
from build_site.site_names import check_names
from build_site.sources import make_section
from build_site.study import open_study, study_name
from build_site.study_tables import StudyError, explained

CHANGED = "{} changed while the site was built, which is left as it was; build it again"


@dataclass(frozen=True)
class Plan:
    """What to build, and how.

    `studies` are .duckdb files or folders exported from them, `code` is the checksum of the program
    before it was imported, `options` what else changes pages, by name. With `afresh`, nothing is
    used again that was computed before. The site that is replaced stays in `previous`, if that is
    given. A page carries at most `page_runs` runs.
    """

    studies: Sequence[Path]
    out: Path
    code: str
    options: tuple[tuple[str, str], ...] = ()
    afresh: bool = False
    previous: Path | None = None
    page_runs: int = PAGE_RUNS


def build_site(plan: Plan, say: Callable[[str], None]) -> tuple[Section, ...]:
    """Build a site and put it in the place of what is there; returns its sections.

    Of several studies, only those are computed and rendered anew that changed since the last build.

    Args:
        plan: what to build.
        say: is told what is being done.

    Raises:
        StudyError: if a study cannot be shown.
        BusyError: if another process builds the same site.
        SourceError: if two studies have one name, or one has that of a folder of the site.
        SiteError: if MkDocs refuses a page, or the folder cannot be written or holds anything but
            an earlier site.
    """
    try:
        for folder in filter(None, (plan.out, plan.previous)):
            check_replaceable(folder)
        with workshop(plan.out) as place:
            return _build(plan, place, say)
    except OSError as error:
        raise SiteError(f"cannot write {plan.out}: {error.strerror}") from error


def _build(plan: Plan, place: Workshop, say: Callable[[str], None]) -> tuple[Section, ...]:
    built_from = _provenance(plan)
    computed = _compute(plan, built_from, place, say)
    sections = tuple(each.section for each in computed)
    sources, built = place.scratch / "pages", place.scratch / "site"
    navigation = write_sources(computed, built_from, sources)
    say("writing the pages")
    site_url = dict(plan.options).get(SITE_URL, "")
    shown = json.dumps(navigation)
    kept = {each.section.name: kept_pages(each.folder, shown) for each in computed}
    rendered = render_pages(
        sources,
        built,
        navigation=navigation,
        site_url=site_url,
        kept=[page for pages in kept.values() for page in pages],
    )
    write_hosting_files(
        built,
        site_name=rendered.config.site_name,
        site_url=site_url,
        navigation=rendered.config.nav or [],
        created={section.name: section.created for section in sections},
    )
    write_record(built, built_from)
    write_manifest(built)
    if program_checksum() != plan.code or _provenance(plan) != built_from:
        raise SiteError(CHANGED.format("what it is built from"))
    if len(computed) > 1:
        for name, folder in ((each.section.name, each.folder) for each in computed):
            if not kept[name]:
                with suppress(OSError):  # the site is whole; the next build renders them again
                    keep_pages(folder, shown, rendered.below(name))
    place.publish(built, plan.previous)
    used = [each.folder.name for each in computed]
    SectionCache(place.kept).prune(used if len(computed) > 1 else [])
    return sections


def _provenance(plan: Plan) -> Provenance:
    """What the site is built from.

    Raises:
        StudyError: if a study is not there or cannot be read.
    """
    for path in plan.studies:
        if not path.exists():
            raise StudyError(f"there is no study {path}")
    try:
        return provenance(plan.studies, plan.options, plan.code)
    except OSError as error:
        raise StudyError(f"{error.filename} cannot be read: {error.strerror}") from error


def _compute(
    plan: Plan, built_from: Provenance, place: Workshop, say: Callable[[str], None]
) -> list[Computed]:
    """The section of each study; those of several studies are kept for the next time."""
    keys = section_keys(built_from)
    cache = SectionCache(place.kept)
    kept = [None if plan.afresh else cache.find(key) for key in keys]
    if len(keys) > 1:  # to compute sections that cannot share a site would be for nothing
        check_names(_names(plan.studies, kept))
    computed = []
    for number, (path, key) in enumerate(zip(plan.studies, keys, strict=True)):
        section = kept[number]
        if section is None:
            say(f"computing {path.name}")
            folder = place.scratch / f"section-{number}"
            section = _section(path, folder, plan.page_runs)
            if len(keys) > 1:
                if study_checksum(path) != built_from.studies[number]:
                    raise SiteError(CHANGED.format(path))
                folder = cache.keep(key, section, folder)
        else:
            folder = place.kept / key
        computed.append(Computed(section, folder))
    return computed


def _names(studies: Sequence[Path], kept: Sequence[Section | None]) -> Iterator[str]:
    """What the studies are called, but those that cannot be read, which is said when they are."""
    for path, section in zip(studies, kept, strict=True):
        name = study_name(path) if section is None else section.name
        if name is not None:
            yield name


def _section(path: Path, folder: Path, page_runs: int) -> Section:
    with explained(path):
        findings = Findings(open_study(path), page_runs)
        try:
            return make_section(findings, folder)
        finally:
            findings.study.database.close()
