"""Labs as notebooks, as they are written from the script; `test_labs.py` runs them."""

import ast

import jupytext
import pytest
from quick_runs import LABS, make
from refusals import refuses

from dlkeras.notebook import write_notebook


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


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
