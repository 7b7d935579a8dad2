"""The wheel is enough for the library: what is in it, what it needs, that it works where no clone is."""

import ast
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

tomllib = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")  # tomli comes with pytest
ROOT = Path(__file__).parent.parent
NAMES = {"sklearn": "scikit-learn", "keras_tuner": "keras-tuner"}  # import name -> name of the package
BROUGHT_ALONG = {
    **{"markupsafe": "jinja2", "dask": "distributed", "cloudpickle": "distributed"},
    **{"PIL": "matplotlib", "IPython": "ipykernel"},
}  # by whom
IN_THE_WHEEL = """
import dlkeras, keras, numpy as np
from dlkeras.callbacks import GradientNorms
from dlkeras.report import render

norms = GradientNorms()
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)])
model.compile("adam", "mse")
model.fit(np.ones((8, 5)), np.ones((8, 3)), verbose=0, callbacks=[norms])
print(dlkeras.__file__, norms.norms.shape)
"""


def project():
    with open(ROOT / "pyproject.toml", "rb") as file:
        return tomllib.load(file)["project"]


def name_of(requirement):
    return re.split(r"[<>=!~; ]", requirement)[0]


def imported():
    """What the library imports that is neither Python's nor its own, by file."""
    for path in (ROOT / "dlkeras").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                if top not in sys.stdlib_module_names and top != "dlkeras":
                    yield top, path.relative_to(ROOT)


def undeclared(found, declared):
    named = ((BROUGHT_ALONG.get(top, NAMES.get(top, top)), path) for top, path in found)
    return {(name, str(path)) for name, path in named if name not in declared}


def test_all_that_the_library_imports_is_declared():
    own = project()
    declared = {name_of(requirement) for requirement in own["dependencies"]}
    extras = {name_of(r) for extra in own["optional-dependencies"].values() for r in extra}
    assert undeclared(imported(), declared | extras) == set()
    assert undeclared([("torch", Path("a.py"))], declared | extras) == {("torch", "a.py")}


def test_the_pinned_versions_are_within_the_ranges_of_the_project():
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for requirement in project()["dependencies"]:
        name, least = requirement.split(">=")
        versions = re.findall(rf"^{name}==([\d.]+)", pins, flags=re.MULTILINE)
        assert versions, name
        least = tuple(map(int, least.split(",")[0].split(".")))
        assert all(tuple(map(int, version.split("."))) >= least for version in versions), name


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """A fresh environment with the wheel in it, beside the other packages of this one."""
    env = tmp_path_factory.mktemp("env")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", env], check=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(env), "platbase": str(env)}))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    # A plain path: the .pth files in there, such as that of the editable install, are not read.
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return env / "bin" / "python"


@pytest.mark.slow
def test_the_wheel_holds_the_library_alone_and_all_of_it(wheel):
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if ".dist-info/" not in name}
    assert {name.split("/")[0] for name in names} == {"dlkeras"}
    wanted = [path for path in (ROOT / "dlkeras").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert names == {str(path.relative_to(ROOT)) for path in wanted}


@pytest.mark.slow
def test_the_wheel_works_where_the_clone_is_not(python, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = subprocess.run(
        [python, "-c", IN_THE_WHEEL],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    place, shape = run.stdout.split(maxsplit=1)
    assert str(ROOT) not in place
    assert shape.strip() == "(1, 1)"


@pytest.mark.slow
@pytest.mark.parametrize("command", ["search", "notebook"])
def test_its_commands_answer(python, tmp_path, command):
    arguments = [python, "-m", f"dlkeras.{command}", "--help"]
    run = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout.startswith(f"usage: python -m dlkeras.{command}")
