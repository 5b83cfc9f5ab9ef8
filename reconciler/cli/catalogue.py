"""ftctl catalogue: the models, prices and limits that are in effect, with sources and dates."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from pathlib import Path

from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import DEFAULT_PATH
from reconciler.manifest.mistakes import ManifestError
from reconciler.manifest.sources import read_sources
from reconciler.providers.azure.catalogue import Catalogue, built_in
from reconciler.reporting.catalogue import catalogue_json, catalogue_lines, catalogue_yaml
from reconciler.reporting.mistakes_text import mistake_lines
from reconciler.reporting.page import page_for, put


def run(options: Namespace) -> ExitCode:
    catalogue = _in_effect(options)
    match options.format:
        case "json":
            put([json.dumps(catalogue_json(catalogue), indent=2)])
        case "yaml":
            put(catalogue_yaml(catalogue).splitlines())
        case _:
            put(catalogue_lines(catalogue, page_for(sys.stdout, no_color=options.no_color)))
    return ExitCode.DONE


def _in_effect(options: Namespace) -> Catalogue:
    """Without manifests, that is what ftctl itself knows."""
    paths = [Path(path) for path in options.paths]
    if not paths and not Path(DEFAULT_PATH).exists():
        return built_in()
    sources = read_sources(paths or [Path(DEFAULT_PATH)], os.environ)
    if sources.mistakes:
        raise ManifestError(sources.mistakes)
    page = page_for(sys.stderr, no_color=options.no_color)
    put(mistake_lines(sources.effective.warnings, page, is_warning=True), sys.stderr)
    return sources.catalogue
