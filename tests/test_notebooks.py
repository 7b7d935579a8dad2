"""Labs as notebooks: written from the script, run from top to bottom, with the figures inside."""

import ast

import jupytext
import pytest
from nbclient import NotebookClient
from quick_runs import LABS, each_lab, make, quick_run
from refusals import refuses

from dlkeras.notebook import write_notebook


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@each_lab
def test_a_notebook_runs_shows_the_figures_and_finds_the_same_again(script, tmp_path):
    notebook = jupytext.read(write_notebook(script, tmp_path / "notebooks"))
    first = code_cells(notebook)[0]
    argv = ["--quick", "--out", str(tmp_path)]
    first.source = first.source.replace("lab.read_settings(", f"lab.read_settings(argv={argv}, script=", 1)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()

    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = {
        name: "".join(o.text for o in outputs if o.get("name") == name) for name in ("stdout", "stderr")
    }
    run = quick_run(script)
    folder = tmp_path / run.folder.name
    assert f"Page: {folder / 'index.html'}" in printed["stdout"]
    assert printed["stderr"] == ""
    assert first.outputs  # the case in plain Keras has printed
    images = [o for o in outputs if "image/png" in o.get("data", {})]
    assert len(images) == len(list(folder.glob("*.png"))) > 0
    # A second process with the same settings: the same findings to the last digit.
    assert (folder / "findings.json").read_text() == (run.folder / "findings.json").read_text()


@pytest.mark.parametrize("script", LABS, ids=lambda path: path.parent.name)
def test_a_notebook_has_all_of_the_script(script, tmp_path):
    notebook = jupytext.read(write_notebook(script, tmp_path))
    text = script.read_text()
    question = text.splitlines()[0].removeprefix('"""')
    assert notebook.cells[0].source.startswith(f"# {question}\n")
    headings = [line.removeprefix("# %% ") for line in text.splitlines() if line.startswith("# %% ")]
    markdown = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert markdown[1:] == [f"## {heading}" for heading in headings[1:]]  # settings stand in the first cell
    code = "\n".join(cell.source for cell in code_cells(notebook))
    body = text.split('"""\n', 1)[1]
    lines = [line for line in body.splitlines() if line and not line.startswith("# %%")]
    assert [line for line in lines if line not in code] == []


@pytest.mark.parametrize("script", LABS, ids=lambda path: path.parent.name)
def test_the_first_code_cell_is_the_case_in_plain_keras(script, tmp_path):
    first = code_cells(jupytext.read(write_notebook(script, tmp_path)))[0].source
    called = {ast.unparse(n.func) for n in ast.walk(ast.parse(first)) if isinstance(n, ast.Call)}
    assert "print" in called
    assert "keras.Sequential" in called


def test_the_same_lab_is_the_same_notebook(tmp_path):
    a, b = (write_notebook(LABS[0], tmp_path / name).read_bytes() for name in "ab")
    assert a == b


def test_a_script_without_a_docstring_is_refused(tmp_path):
    script = tmp_path / "experiment.py"
    script.write_text("x = 1\n")
    with refuses("`script` must begin with a docstring. Received: script='experiment.py'"):
        write_notebook(script, tmp_path)


def test_an_unknown_notebook_says_which_labs_there_are():
    run = make("notebook-99")
    assert run.returncode == 2
    assert run.stdout.startswith("There is no lab 99. There are:\n  lab-")


def test_make_lists_notebooks():
    assert "\n  notebook-N   Write lab N as a Jupyter notebook" in make("help").stdout
