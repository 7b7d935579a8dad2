"""Labs as notebooks: written from the script, run from top to bottom, with the figures inside."""

import subprocess
from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient
from refusals import refuses

from dlkeras.notebook import write_notebook

ROOT = Path(__file__).parent.parent
LABS = sorted((ROOT / "labs").glob("lab_*.py"))
RUN = [path for path in LABS if path.stem.startswith(("lab_02_", "lab_08_"))]  # the others are alike


def make(target: str) -> subprocess.CompletedProcess:
    command = ["make", "--no-print-directory", target]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("script", RUN, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_the_figures(script, tmp_path):
    notebook = jupytext.read(write_notebook(script, tmp_path / "notebooks"))
    (settings,) = [cell for cell in notebook.cells if "lab.read_flags(" in cell.source]
    settings.source += f"\nflags.settings = QUICK\nflags.out = type(flags.out)({str(tmp_path)!r})"
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()

    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = {
        name: "".join(o.text for o in outputs if o.get("name") == name) for name in ("stdout", "stderr")
    }
    folder = tmp_path / f"lab-{script.stem[4:6]}"
    assert f"Page: {folder / 'index.html'}" in printed["stdout"]
    assert printed["stderr"] == ""
    images = [o for o in outputs if "image/png" in o.get("data", {})]
    assert len(images) == len(list(folder.glob("*.png"))) > 0


@pytest.mark.parametrize("script", LABS, ids=lambda path: path.stem)
def test_a_notebook_has_all_of_the_script(script, tmp_path):
    cells = jupytext.read(write_notebook(script, tmp_path)).cells
    text = script.read_text()
    question = text.splitlines()[0].removeprefix('"""')
    assert cells[0].source.startswith(f"# {question}\n")
    headings = [line.removeprefix("# %% ") for line in text.splitlines() if line.startswith("# %% ")]
    assert [c.source for c in cells if c.cell_type == "markdown"][1:] == [f"## {h}" for h in headings]
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    body = text.split('"""\n', 1)[1]
    assert [
        line for line in body.splitlines() if line and not line.startswith("# %%") and line not in code
    ] == []


def test_the_same_lab_is_the_same_notebook(tmp_path):
    a, b = (write_notebook(LABS[0], tmp_path / name).read_bytes() for name in "ab")
    assert a == b


def test_a_script_without_a_docstring_is_refused(tmp_path):
    script = tmp_path / "lab_01_plain.py"
    script.write_text("x = 1\n")
    with refuses("`script` must begin with a docstring. Received: script='lab_01_plain.py'"):
        write_notebook(script, tmp_path)


def test_an_unknown_notebook_says_which_labs_there_are():
    run = make("notebook-99")
    assert run.returncode == 2
    assert run.stdout.startswith("There is no lab 99. There are:\n  lab-")


def test_make_lists_notebooks():
    assert "\n  notebook-N   Write lab N as a Jupyter notebook" in make("help").stdout
