"""The documents describe the code as it is, and the code is as apart as they say."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("train", "build_site")
DOCUMENTS = sorted(path.name for path in ROOT.glob("*.md"))
# Where the boxes of the picture look for what their first line names.
PLACES = ("{}", "train/{}.py", "build_site/{}.py", "build_site/{}", "build_site/importers/{}.py")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#([^)\s]+))?\)")


def imports(package: str) -> dict[str, set[str]]:
    """What each module of a package imports when it is imported itself; hints alone left out."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / package).rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = set()
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found[name] |= {f"{node.module}.{alias.name}" for alias in node.names}
    known = set(found)
    return {
        name: {each if each in known else each.rpartition(".")[0] for each in wanted} - {name}
        for name, wanted in found.items()
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_do_not_import_each_other(package: str) -> None:
    (other,) = set(PACKAGES) - {package}
    for path in (ROOT / package).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(rf"^\s*(from|import) {other}\b", text, re.MULTILINE), path


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_do_not_import_in_circles(package: str) -> None:
    order = [*TopologicalSorter(imports(package)).static_order()]  # raises CycleError
    assert f"{package}.__main__" in order


def test_the_picture_names_parts_that_are_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    (picture,) = re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL)
    boxes = re.findall(r"(?<!subgraph )\b\w+ ?\[\"?([^\"\]]+)\"?\]", picture)
    heads = [box.split("<br>")[0] for box in boxes]
    parts = [part.strip() for head in heads for part in head.split(" · ")]
    modules = [part for part in parts if re.fullmatch(r"[a-z_]+|[a-z_]+/|[a-z]+/\*\.\w+", part)]
    assert len(modules) > 25
    for module in modules:
        name = module.removesuffix("/").partition("/*")[0]
        assert any((ROOT / place.format(name)).exists() for place in PLACES), module


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_of_documents_lead_somewhere(document: str) -> None:
    for target, place in LINK.findall((ROOT / document).read_text(encoding="utf-8")):
        if "://" in target:
            continue
        assert (ROOT / target).exists(), target
        if place:
            headings = re.findall(r"^#+ (.*)$", (ROOT / target).read_text("utf-8"), re.MULTILINE)
            assert place in [heading.lower().replace(" ", "-") for heading in headings], place
