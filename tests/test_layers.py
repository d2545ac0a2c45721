"""Imports run one way: a floor imports only floors above it in the list."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "analysis"
FLOORS = (
    "errors", "vocabulary", "params", "standards", "ingest", "synthesis", "statistics",
    "disclosure", "tables", "show", "run", "publish", "cli",
)  # fmt: skip
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.stem in FLOORS
)


def floor_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_floors(path: Path) -> set[str]:
    """Floors of the package that a module imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "analysis":
            names = [f"analysis.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        found |= {name.split(".")[1] for name in names if name.startswith("analysis.")}
    return found


def test_every_module_stands_on_a_floor():
    assert {floor_of(path) for path in PACKAGE.rglob("*.py")} - {"__init__"} == set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_floors_above_it(path):
    own = FLOORS.index(floor_of(path))

    below = {name for name in imported_floors(path) if FLOORS.index(name) > own}

    assert below == set()


@pytest.mark.parametrize(
    "path", [p for p in MODULES if floor_of(p) == "statistics"], ids=lambda p: p.name
)
def test_statistics_never_imports_ingest(path):
    assert "ingest" not in imported_floors(path)


def test_the_command_line_loads_nothing_heavy():
    source = (PACKAGE / "cli.py").read_text(encoding="utf-8")
    at_the_top = {
        name.name.split(".")[0] if isinstance(node, ast.Import) else (node.module or "")
        for node in ast.parse(source).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }

    assert at_the_top <= {"sys", "datetime", "pathlib", "typing", "typer", "analysis.errors"}
