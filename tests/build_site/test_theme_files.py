"""The theme's files are listed quickly, and none that a site needs is left out."""

from mkdocs.config import load_config
from mkdocs.structure.files import Files

from build_site.provenance import ROOT
from build_site.theme_files import list_quickly


def test_a_site_gets_the_files_of_the_theme_that_mkdocs_would_give_it() -> None:
    config = load_config(str(ROOT / "mkdocs.yml"))
    found = []
    for hasten in (lambda _: None, list_quickly):
        hasten(config.theme)
        environment, files = config.theme.get_env(), Files([])
        files.add_files_from_theme(environment, config)
        found.append([(file.src_uri, file.abs_src_path) for file in files])
        assert environment.get_template("main.html")
        assert environment.get_template(".icons/material/brightness-4.svg")
    assert found[0] == found[1]
    assert len(found[0]) > 10
