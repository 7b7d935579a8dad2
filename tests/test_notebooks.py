"""Labs as notebooks, as they are written from the script; `test_labs.py` runs them."""

import ast
import re

import jupytext
import pytest
from nbclient import NotebookClient
from quick_runs import LABS, ROOT, make
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
    with refuses("`source` must begin with a docstring. Received: source='experiment.py'"):
        write_notebook(script, tmp_path)


def test_an_unknown_notebook_says_which_labs_there_are():
    run = make("notebook-99")
    assert run.returncode == 2
    assert run.stdout.startswith("There is no lab 99. There are:\n  lab-")


def test_make_lists_notebooks():
    assert "\n  notebook-N    Write lab N as a Jupyter notebook" in make("help").stdout


# On a machine that has nothing of it: the first cell gets it.


def executed(path, folder):
    notebook = jupytext.read(path)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


@pytest.mark.slow
def test_lab_4_runs_from_its_own_text_after_a_clone(tmp_path):
    (script,) = (script for script in LABS if "lab_04" in script.parent.name)
    path = write_notebook(script, tmp_path, install_from=str(ROOT))
    text = path.read_text().replace(
        "lab.read_settings(\\n", "lab.read_settings(\\n    argv=['--quick', '--epochs', '1'], script=", 1
    )
    path.write_text(text)
    notebook = executed(path, tmp_path)
    assert "git" in code_cells(notebook)[0].source
    assert str(ROOT) not in "".join(cell.source for cell in code_cells(notebook)[1:])
    printed = "".join(o.get("text", "") for cell in notebook.cells for o in cell.get("outputs", []))
    (page,) = re.findall(r"^Page: (.+)$", printed, flags=re.MULTILINE)
    assert page.startswith(str(tmp_path))


@pytest.mark.slow
def test_the_page_on_searching_is_a_notebook_that_runs(tmp_path):
    page = ROOT / "docs" / "tasks" / "search.md"
    notebook = executed(write_notebook(page, tmp_path, install_from=str(ROOT)), tmp_path)
    assert code_cells(notebook)[0].outputs == []
    assert "learning_rate" in str(code_cells(notebook)[1].outputs)
