"""Trains a model for a short while, says what is wrong with it, and writes a page.

MODEL is a file and a name in it, `path/to/file.py:build`: a function, of nothing or of a seed, to a compiled
model. DATA is the name of a data set, or an .npz file with x_train and y_train, and x_val and y_val if there
are any; a fifth of the training samples is held out where there are none. With --prove, each change that is
proposed is trained as well, over some seeds.

  python -m dlkeras.diagnosis model.py:build digits --epochs 5 --prove
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from dlkeras import data, lab
from dlkeras.search.shell import answer, parser_for, show

EPOCHS, SEEDS = 5, 5


def main(argv: list[str] | None = None) -> int:
    """Runs the command; 1, with a sentence, where something is wrong, and a traceback with --debug."""
    return answer(run, read_flags(argv), "Interrupted.")


def run(flags: argparse.Namespace) -> None:
    """Writes the page."""
    from dlkeras.diagnosis import command  # TensorFlow starts here, so --help answers at once

    show(command.run(flags), flags.open)


def read_flags(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Reads the flags, by default those of the command line; TensorFlow is not needed for that."""
    parser = parser_for("dlkeras.diagnosis", __doc__)
    number = {"type": lab.count_of, "metavar": "N"}
    parser.add_argument("model", metavar="MODEL", help="path/to/file.py:build")
    parser.add_argument("data", metavar="DATA", help=f"an .npz file or {', '.join(data.NAMES)}")
    parser.add_argument("--epochs", **number, default=EPOCHS, help=f"epochs to watch (default {EPOCHS})")
    parser.add_argument("--batch-size", **number, default=32, help="samples in a batch (default 32)")
    parser.add_argument("--prove", action="store_true", help="train with each change that is proposed")
    parser.add_argument("--seeds", **number, default=SEEDS, help=f"of --prove (default {SEEDS})")
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    flags = parser.parse_args(argv)
    file = flags.model.rpartition(":")[0] or flags.model
    flags.name = re.sub(r"[^A-Za-z0-9]+", "-", f"{Path(file).stem}-{Path(flags.data).stem}").strip("-")
    return flags


if __name__ == "__main__":
    sys.exit(main())
