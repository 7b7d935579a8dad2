"""Runs the benchmarks of this folder and writes benchmarks/RESULTS.md.

`python benchmarks/run.py` runs all of them, `python benchmarks/run.py gradient_norms` one and replaces its
section only. A benchmark is a module here with a function `main() -> str` that returns the text of its
section in Markdown; the first line of its docstring becomes the heading.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import os
import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path

from history import line_of, with_line

from dlkeras.base.versions import processor

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"
START = "<!-- {name} -->"
HISTORY = "history"  # a section that all others add to
ON_REQUEST = ("replication",)  # takes an hour: `make replicate`


def names() -> list[str]:
    """Returns the benchmarks in this folder."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in ("run", HISTORY))


def machine() -> str:
    """Returns one line that says when and where a section was measured."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("tensorflow", "keras", "numpy"))
    now = datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    return f"{now}, {processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}."


def read_sections(text: str) -> dict[str, str]:
    """Splits a results file into its sections by benchmark."""
    parts = re.split(r"^<!-- (\w+) -->\n", text, flags=re.MULTILINE)
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def main() -> None:
    """Runs what the command line names."""
    known = names()
    parser = argparse.ArgumentParser(description="Run benchmarks and write benchmarks/RESULTS.md.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"which (default: all): {', '.join(known)}")
    chosen = parser.parse_args().names or [name for name in known if name not in ON_REQUEST]
    if unknown := sorted(set(chosen) - set(known)):
        parser.error(f"unknown benchmark: {', '.join(unknown)}. There are: {', '.join(known)}")
    sys.path[:0] = [str(HERE), str(HERE.parent)]
    for name in chosen:
        module = importlib.import_module(name)
        title = module.__doc__.strip().splitlines()[0].rstrip(".")
        section = f"## {title}\n\n{machine()}\n\n{module.main().strip()}"
        sections = read_sections(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        old = with_line(sections.get(HISTORY, ""), line_of(name, sections.get(name, "")))
        sections |= {name: section, HISTORY: with_line(old, line_of(name, section))}
        sections = {key: body for key, body in sections.items() if key in (*known, HISTORY)}
        _write(sections)
        print(section, flush=True)


def _write(sections: dict[str, str]) -> None:
    head = "# Benchmarks\n\nWritten by `make bench`. Each section says when and where it was measured.\n"
    order = sorted(sections, key=lambda name: (name == HISTORY, name))  # the history comes last
    bodies = [f"{START.format(name=name)}\n{sections[name]}\n" for name in order]
    RESULTS.write_text("\n".join([head, *bodies]), encoding="utf-8")


if __name__ == "__main__":
    main()
