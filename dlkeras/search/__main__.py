"""Searches the hyperparameters of a model, from coarse to fine, and writes a page on what was found.

MODEL is a file and a name in it, `path/to/file.py:build_model`: a function from `hp`, a
`keras_tuner.HyperParameters`, to a compiled model, or a `keras_tuner.HyperModel`. DATA is the name of a data
set, or an .npz file with x_train and y_train, and x_val and y_val if there are any; a fifth of the training
samples is held out where there are none.

All is in the folder DIR/search-NAME: the trials, trials.csv, the page. A search that was interrupted or
killed goes on when the same command is run again, and a finished one when --trials is raised. With
--trials-from, the page is written for trials that exist, of any tuner of keras-tuner.

  python -m dlkeras.search labs/lab_14_hyperparameter_search/model.py:build_model digits --trials 20
  python -m dlkeras.search --trials-from my_dir/untitled_project
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from dlkeras import data, lab
from dlkeras.search.shell import answer, parser_for, show

TRIALS, EPOCHS = 30, 10
QUICK_TRIALS, QUICK_EPOCHS = 8, 2


def main(argv: list[str] | None = None) -> int:
    """Runs the command; 1, with a sentence, where something is wrong, and a traceback with --debug."""
    return answer(run, read_flags(argv), "Interrupted. The same command goes on from here.")


def run(flags: argparse.Namespace) -> None:
    """Writes the page."""
    from dlkeras.search import command  # TensorFlow starts here, so --help answers at once

    show(command.run(flags), flags.open)


def read_flags(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Reads the flags, by default those of the command line; TensorFlow is not needed for that.

    `objective` and `workers` are None where they were not given.
    """
    parser = parser_for("dlkeras.search", __doc__)
    number = {"type": lab.count_of, "metavar": "N"}
    parser.add_argument("model", nargs="?", metavar="MODEL", help="path/to/file.py:build_model")
    parser.add_argument("data", nargs="?", metavar="DATA", help=f"an .npz file or {', '.join(data.NAMES)}")
    parser.add_argument("--trials", **number, help=f"trials in all (default {TRIALS})")
    parser.add_argument("--epochs", **number, help=f"epochs of each trial (default {EPOCHS})")
    parser.add_argument("--seed", type=_seed, default=0, metavar="N", help="of search and split (default 0)")
    parser.add_argument("--workers", **number, help="processes (default: this one)")
    parser.add_argument("--name", type=_name, help="of the search (default: from MODEL and DATA)")
    parser.add_argument(
        "--objective", metavar="METRIC", help="default: val_accuracy for classes, else val_loss"
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK_TRIALS} trials of {QUICK_EPOCHS} epochs"
    )
    parser.add_argument("--confirm", **number, help="then train the best N settings anew, ten times each")
    parser.add_argument("--overwrite", action="store_true", help="start anew: removes the trials of NAME")
    parser.add_argument(
        "--trials-from", type=Path, metavar="DIR", help="only write the page for these trials"
    )
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    flags = parser.parse_args(argv)
    if flags.trials_from is None and flags.data is None:
        parser.error("MODEL and DATA are needed, or --trials-from DIR")
    if flags.trials_from is not None and flags.model is not None:
        parser.error("--trials-from goes without MODEL and DATA")
    if flags.confirm == 1 or (flags.confirm and flags.trials_from is not None):
        parser.error("--confirm takes at least 2, and goes with MODEL and DATA")
    flags.trials = flags.trials or (QUICK_TRIALS if flags.quick else TRIALS)
    flags.epochs = flags.epochs or (QUICK_EPOCHS if flags.quick else EPOCHS)
    flags.name = flags.name or _default_name(flags)
    return flags


def _default_name(flags: argparse.Namespace) -> str:
    if flags.trials_from is not None:
        return _plain(flags.trials_from.resolve().name)
    file = flags.model.rpartition(":")[0] or flags.model
    return _plain(f"{Path(file).stem}-{Path(flags.data).stem}")


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-") or "trials"


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", text):
        raise argparse.ArgumentTypeError(f"must be letters, digits, - and _, not {text!r}")
    return text


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 0, not {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
