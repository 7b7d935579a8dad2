"""The rules of the house, read from the syntax trees: who may import whom, and how long a file may be."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "dlkeras"
SOURCES = sorted(PACKAGE.rglob("*.py"))
LABS = sorted((ROOT / "labs").glob("lab_*/experiment.py"))

# The floors of the house, from the ground: a part imports parts of lower floors only.
FLOORS = [
    {"base"},
    {"data", "models", "runs", "scratch", "signal_propagation", "surfaces", "findings", "plots"}
    | {"page", "answers", "views", "glossary", "layers", "optimizers", "schedules", "gradcheck"},
    {"callbacks", "tuning", "learn"},
    {"population", "report"},
    {"site", "learning_rates"},
    {"lab"},
    {"search", "notebook", "readme_figure", "all_labs"},
    {"__main__"},
]
FLOOR_OF = {part: floor for floor, parts in enumerate(FLOORS) for part in parts}
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
        if top == "dlkeras" and rest[0] != part and FLOOR_OF[rest[0]] >= FLOOR_OF[part]:
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
    assert {part_of(p) for p in SOURCES} - {"__init__"} == set(FLOOR_OF)


def hidden_modules(package: Path, source: str) -> list[str]:
    """Modules of a package whose name its `__init__` gives to something else."""
    own = ".".join(package.relative_to(ROOT).parts)  # what comes from there is the module itself
    parts = [name.rpartition(".") for name in imports(source)]
    names = {name for module, _, name in parts if module not in ("", own)}
    return sorted(names & {path.stem for path in package.glob("*.py")})


def test_no_function_hides_its_module():
    for path in PACKAGE.rglob("__init__.py"):
        assert hidden_modules(path.parent, path.read_text()) == [], path
    assert hidden_modules(PACKAGE, "from dlkeras.lab import lab") == ["lab"]
    assert hidden_modules(PACKAGE, "from dlkeras import lab") == []


def test_what_labs_import_from_a_package_is_public():
    for path in (ROOT / "labs").rglob("*.py"):
        for name in imports(path.read_text()):
            top, *inside = name.split(".")
            if top == "dlkeras" and len(inside) > 1 and (PACKAGE / inside[0]).is_dir():
                public = importlib.import_module(f"dlkeras.{inside[0]}").__all__
                assert len(inside) == 2, (path, name)
                assert inside[1] in public, (path, name)


def test_a_lab_imports_no_lab():
    for path in (ROOT / "labs").rglob("*.py"):
        assert not [name for name in imports(path.read_text()) if name.startswith(("labs", "lab_"))]


# The form of a lab. Lines of code: without those that are blank or a comment.
LAB_FILES = {"experiment.py": 120, "findings.py": 220, "figures.py": 150}  # lines at most
MAY_HAVE = {"answer.py": 150, "view.py": 120}
PLAIN_WITHIN = 35  # lines of code, from the end of the docstring, until `fit` or a tape has been seen


def lines_of_code(source: str) -> list[str]:
    body = source.split('"""\n', 1)[1]
    return [line for line in body.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def offences_of_experiment(source: str) -> list[str]:
    bad, tree = [], ast.parse(source)
    cells = re.split(r"^# %% ", source, flags=re.MULTILINE)[1:]
    first = "\n".join(lines_of_code(source)[:PLAIN_WITHIN])
    if "keras.Sequential(" not in first or not re.search(r"\.fit\(|GradientTape\(", first):
        bad.append("plain Keras comes late")
    if [i for i, cell in enumerate(cells) if re.search(r"^\s*print\(", cell, re.MULTILINE)] != [1]:
        bad.append("the plain case, and it alone, prints")
    if not cells[0].startswith("Settings\n"):
        bad.append("settings come first")
    functions = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    for outer in ast.walk(tree):
        if isinstance(outer, ast.FunctionDef):
            inside = [n for n in ast.walk(outer) if n is not outer and isinstance(n, functions)]
            bad += [f"a function inside of {outer.name}" for n in inside if isinstance(n, ast.FunctionDef)]
        elif isinstance(outer, ast.ListComp | ast.DictComp | ast.SetComp | ast.GeneratorExp):
            bad += ["a lambda in a comprehension" for n in ast.walk(outer) if isinstance(n, ast.Lambda)]
    return bad


@pytest.mark.parametrize("script", LABS, ids=lambda path: path.parent.name)
def test_a_lab_has_its_form(script):
    there = {name: most for name, most in MAY_HAVE.items() if script.with_name(name).exists()}
    for name, most in {**LAB_FILES, **there}.items():
        assert len(script.with_name(name).read_text().splitlines()) <= most, name
    assert offences_of_experiment(script.read_text()) == []


def test_the_form_can_be_broken():
    source = LABS[0].read_text()
    assert "plain Keras comes late" in offences_of_experiment(source.replace("keras.Sequential", "stack"))
    nested = "\n\ndef f():\n    def g():\n        print(1)\n\n\nx = [lambda: i for i in y]\n"
    assert offences_of_experiment(source + nested) == [
        "the plain case, and it alone, prints",
        "a function inside of f",
        "a lambda in a comprehension",
    ]


def test_nothing_is_kept_from_the_formatter():
    for path in [*(ROOT / "labs").rglob("*.py"), *SOURCES]:
        assert "# fmt:" not in path.read_text(), path


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
