"""Writes a lab, or a page of the docs, as a Jupyter notebook.

  python -m dlkeras.notebook labs/lab_04_vanishing_gradient/experiment.py
  python -m dlkeras.notebook docs/tasks/search.md --install-from https://example.org/dlkeras.git

With --install-from the notebook runs on a machine that has nothing of it, such as Colab's: its first cell
clones this address and installs what it finds.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jupytext
from nbformat import v4

FOLDER = Path("results/notebooks")
CLONE = "dlkeras-clone"
INSTALL = f'''\
# Gets dlkeras where it is not there yet.
import importlib.util, pathlib, subprocess, sys

if not pathlib.Path("{CLONE}").exists():
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", ADDRESS, "{CLONE}"], check=True)
if importlib.util.find_spec("dlkeras") is None:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "./{CLONE}"], check=True)'''


def write_notebook(source: str | Path, folder: str | Path = FOLDER, install_from: str | None = None) -> Path:
    """Writes a lab's script, or a page in Markdown, as a notebook that runs from top to bottom.

    Of a script each `# %%` becomes a cell; the docstring and the cells' titles become text. The first code
    cell is the case in plain Keras, under the settings that it needs and the path of the script, since a
    notebook has no `__file__`. Of a page each block of Python becomes a cell.

    Args:
        source: A lab's `experiment.py`, or a page that ends in `.md`.
        folder: Where to write.
        install_from: What `git clone` takes; the first cell then gets dlkeras from there. Without it the
            notebook is one of this machine, with an absolute path, like a page.

    Returns:
        The path of the notebook, named like the lab's folder or the page.

    Raises:
        ValueError: If a script does not begin with a docstring.
    """
    source = Path(source).resolve()
    text = source.read_text(encoding="utf-8")
    if source.suffix == ".md":
        notebook, name = jupytext.reads(text, fmt="md"), source.stem
    else:
        notebook, name = _of_script(source, text, install_from), source.parent.name
    if install_from:
        notebook.cells.insert(1, v4.new_code_cell(INSTALL.replace("ADDRESS", repr(install_from))))
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"  # the same lab is the same file
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    path = Path(folder) / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    jupytext.write(notebook, path)
    return path


def _of_script(script: Path, text: str, install_from: str | None) -> Any:
    doc = ast.get_docstring(ast.parse(text))
    if doc is None:
        raise ValueError(f"`source` must begin with a docstring. Received: source={script.name!r}")
    notebook = jupytext.reads(text, fmt="py:percent")
    title, _, rest = doc.partition("\n")
    cells = [v4.new_markdown_cell(f"# {title}\n{rest}")]
    _, settings, plain_case, *others = notebook.cells  # the first one is the docstring
    own = repr(str(script))
    if install_from:
        parts = ", ".join(repr(part) for part in (CLONE, *script.parts[-3:]))
        own = f"str(pathlib.Path({parts}).resolve())"
    plain_case.source = f"__file__ = {own}\n\n{settings.source}\n\n{plain_case.source}"
    for cell in plain_case, *others:
        cells.append(v4.new_markdown_cell(f"## {cell.metadata.pop('title')}"))
        cells.append(cell)
    notebook.cells = cells
    return notebook


def main(argv: Sequence[str] | None = None) -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(
        "python -m dlkeras.notebook",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", metavar="FILE", help="a lab's experiment.py, or a page in Markdown")
    parser.add_argument("--install-from", metavar="ADDRESS", help="what `git clone` takes")
    flags = parser.parse_args(argv)
    print(f"Notebook: {write_notebook(flags.source, install_from=flags.install_from).resolve()}")


if __name__ == "__main__":
    main()
