"""Writes a lab as a Jupyter notebook: `python -m dlkeras.notebook labs/lab_NN_name/experiment.py`."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import jupytext
from nbformat import v4

FOLDER = Path("results/notebooks")


def write_notebook(script: str | Path, folder: str | Path = FOLDER) -> Path:
    """Writes a lab's script as a notebook, one cell for each `# %%`, that runs from top to bottom.

    The docstring and the cells' titles become text. The first code cell is the case in plain Keras, under the
    settings that it needs and the path of the script, since a notebook has no `__file__`. The path is
    absolute, so the notebook is one of this machine, like the page.
    """
    script = Path(script).resolve()
    text = script.read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(text))
    if doc is None:
        raise ValueError(f"`script` must begin with a docstring. Received: script={script.name!r}")
    notebook = jupytext.reads(text, fmt="py:percent")
    title, _, rest = doc.partition("\n")
    cells = [v4.new_markdown_cell(f"# {title}\n{rest}")]
    _, settings, plain_case, *others = notebook.cells  # the first one is the docstring
    plain_case.source = f"__file__ = {str(script)!r}\n\n{settings.source}\n\n{plain_case.source}"
    for cell in plain_case, *others:
        cells.append(v4.new_markdown_cell(f"## {cell.metadata.pop('title')}"))
        cells.append(cell)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # the same lab is the same file
    notebook.cells = cells
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    path = Path(folder) / f"{script.parent.name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    jupytext.write(notebook, path)
    return path


if __name__ == "__main__":
    print(f"Notebook: {write_notebook(sys.argv[1]).resolve()}")
