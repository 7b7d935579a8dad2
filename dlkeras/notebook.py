"""Writes a lab as a Jupyter notebook: `python -m dlkeras.notebook labs/lab_04_vanishing_gradient.py`."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import jupytext
from nbformat import v4

FOLDER = Path("results/notebooks")


def write_notebook(script: str | Path, folder: str | Path = FOLDER) -> Path:
    """Writes a lab's script as a notebook, one cell for each `# %%`, that runs from top to bottom.

    The docstring and the cells' titles become text. A first cell says which file the notebook was made from:
    a notebook has no `__file__`, which `lab.publish` needs to find the lab's text, and starts in the folder
    that it lies in. Both are absolute, so the notebook is one of this machine, like the page.

    Args:
        script: The lab's script, a Python file with a docstring and `# %%` cells.
        folder: Where to write it; made if it is not there.

    Returns:
        The path of the notebook, named as the script.

    Raises:
        ValueError: If the script does not begin with a docstring.

    Example:
        >>> path = write_notebook("labs/lab_04_vanishing_gradient.py")  # doctest: +SKIP
    """
    script = Path(script).resolve()
    text = script.read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(text))
    if doc is None:
        raise ValueError(f"`script` must begin with a docstring. Received: script={script.name!r}")
    notebook = jupytext.reads(text, fmt="py:percent")
    title, _, rest = doc.partition("\n")
    place = f"import os\n\n__file__ = {str(script)!r}\nos.chdir({str(script.parents[1])!r})"
    cells = [v4.new_markdown_cell(f"# {title}\n{rest}"), v4.new_code_cell(place)]
    for cell in notebook.cells[1:]:  # the first one is the docstring
        heading = cell.metadata.pop("title", None)
        cells += [v4.new_markdown_cell(f"## {heading}")] if heading else []
        cells.append(cell)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # the same lab is the same file
    notebook.cells = cells
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    path = Path(folder) / f"{script.stem}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    jupytext.write(notebook, path)
    return path


if __name__ == "__main__":
    print(f"Notebook: {write_notebook(sys.argv[1]).resolve()}")
