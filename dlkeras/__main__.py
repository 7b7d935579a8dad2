"""The commands of dlkeras: `python -m dlkeras COMMAND`, or `dlkeras COMMAND` where it is installed.

  dlkeras labs                 lists the labs of the clone that you are in
  dlkeras labs run 4 --quick   runs lab 4 and writes its page; flags go to the lab
  dlkeras labs run all         runs those that are missing or out of date, then writes the site
  dlkeras labs site            puts all pages into one site
  dlkeras learn 4              the exercises of lab 4, checked each time that a file is saved
  dlkeras search MODEL DATA    searches hyperparameters and writes a page
  dlkeras learning-rate MODEL DATA  finds the learning rate that suits a model
  dlkeras diagnose MODEL DATA  says why a model does not learn, and writes a page
  dlkeras notebook FILE        writes a lab, or a page of the docs, as a notebook

`dlkeras COMMAND --help` says more. The Makefile calls the same.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module, metadata
from pathlib import Path

from dlkeras.page import find_labs, question_of

MODULES = {
    "diagnose": "dlkeras.diagnosis.__main__",
    "learn": "dlkeras.learn.__main__",
    "learning-rate": "dlkeras.search.learning_rate",
    "search": "dlkeras.search.__main__",
    "notebook": "dlkeras.notebook",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command that the first word names; returns its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    command, *rest = words or ["--help"]
    if command in ("--help", "-h"):
        print(__doc__.strip())
    elif command == "--version":
        print(f"dlkeras {metadata.version('dlkeras')}")
    elif command == "labs":
        return labs(rest)
    elif command in MODULES:
        return import_module(MODULES[command]).main(rest) or 0
    else:
        known = ", ".join(["labs", *MODULES])
        print(f"There is no command {command}. There are: {known}.", file=sys.stderr)
        return 2
    return 0


def labs(words: Sequence[str]) -> int:
    """Lists the labs, runs one or all (`run N` or `run all`, and flags of its script), or writes the site."""
    scripts = find_labs()
    if not scripts:
        print(f"There are no labs in {Path.cwd()}: they need a clone of dlkeras.", file=sys.stderr)
        return 2
    listed = "\n".join(f"  {number:>2} {question_of(script)}" for number, script in scripts.items())
    if not words:
        print(listed)
        return 0
    action, number, *flags = [*words, ""] if len(words) < 2 else words
    if {"--help", "-h"} & set(words) and not number.isdecimal():
        print(__doc__.strip())
        return 0
    if [action, number] == ["run", "all"]:
        return import_module("dlkeras.all_labs").main(flags)
    if [action, number] == ["site", ""]:
        print(f"Site: {import_module('dlkeras.site').write_site('results').resolve()}")
        return 0
    if action != "run" or not number.isdecimal() or int(number) not in scripts:
        print(f"`dlkeras labs run N` runs lab N. There are:\n{listed}", file=sys.stderr)
        return 2
    return subprocess.call([sys.executable, scripts[int(number)], *flags])


if __name__ == "__main__":
    sys.exit(main())
