"""The rules of the house, read from the syntax trees: who may import whom, and how long a file may be."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "dlkeras"
SOURCES = sorted(PACKAGE.rglob("*.py"))

# Part of the package -> the other parts it may import.
MAY_IMPORT = {
    "data": set(),
    "models": set(),
    "findings": set(),
    "gradcheck": set(),
    "scratch": set(),
    "callbacks": set(),
    "optimizers": set(),
    "schedules": set(),
    "signal_propagation": set(),
    "population": {"optimizers"},  # which of them update every number by itself
    "plots": set(),
    "tuning": set(),
    "page": set(),
    "runs": set(),
    "surfaces": set(),
    "report": {"page", "plots"},  # plots for the look that figures are saved with
    "lab": {"data", "page", "report", "runs"},
    "search": {"data", "lab", "plots", "report", "tuning"},
    "notebook": set(),
}
# Library -> the only parts that may import it.
ONLY_IN = {
    "matplotlib": {"plots"},
    "jinja2": {"report"},
    "keras_tuner": {"tuning"},
    "distributed": {"tuning"},
    "jupytext": {"notebook"},
}


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(source: str) -> set[str]:
    """Dotted names of all that is imported, anywhere in the file."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def offences(part: str, source: str) -> list[str]:
    bad = []
    for name in sorted(imports(source)):
        top, *rest = name.split(".")
        if top == "dlkeras" and rest[0] != part and rest[0] not in MAY_IMPORT[part]:
            bad.append(name)
        if part not in ONLY_IN.get(top, {part}) or top == "labs":
            bad.append(name)
    return bad


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if p.name != "__init__.py" or p.parent != PACKAGE], ids=str
)
def test_imports_keep_to_the_house_rule(path):
    assert offences(part_of(path), path.read_text()) == []


def test_the_rule_can_be_broken():
    assert offences("data", "from dlkeras.models import depth_stack") == ["dlkeras.models.depth_stack"]
    assert offences("callbacks", "def f():\n    import matplotlib.pyplot") == ["matplotlib.pyplot"]
    assert offences("models", "from labs import lab_04") == ["labs.lab_04"]
    assert offences("lab", "from dlkeras import data") == []


def test_every_part_has_a_rule():
    assert {part_of(p) for p in SOURCES} - {"__init__"} == set(MAY_IMPORT)


def test_a_lab_imports_no_lab():
    for path in (ROOT / "labs").glob("*.py"):
        assert not [name for name in imports(path.read_text()) if name.startswith(("labs", "lab_"))]


def test_files_are_short():
    tracked = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True
    ).stdout.split()
    sources = [ROOT / name for name in tracked] or SOURCES
    assert [str(p) for p in sources if p.exists() and len(p.read_text().splitlines()) > 300] == []


def test_the_library_has_no_assert():
    for path in SOURCES:
        assert not [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Assert)], path


def test_importing_dlkeras_does_not_import_tensorflow():
    code = "import dlkeras, dlkeras.data, dlkeras.lab, sys; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
