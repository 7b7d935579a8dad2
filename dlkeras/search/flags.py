"""The flags of the search command."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from dlkeras import data, lab

TRIALS, EPOCHS = 30, 10
QUICK_TRIALS, QUICK_EPOCHS = 8, 2


def read_flags(doc: str, argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Reads the flags; TensorFlow is not needed for that.

    Args:
        doc: What the command does; its first line is the description.
        argv: The flags; by default those of the command line.

    Returns:
        `model`, `data`, `trials`, `epochs`, `seed`, `workers`, `out`, `name`, `objective`, `overwrite`,
        `trials_from` and `open`. `objective` and `workers` are None where they were not given.

    Raises:
        SystemExit: If a flag is wrong.
    """
    title, _, rest = doc.strip().partition("\n")
    parser = argparse.ArgumentParser(
        "python -m dlkeras.search",
        description=title,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    number = {"type": lab.count_of, "metavar": "N"}
    parser.add_argument("model", nargs="?", metavar="MODEL", help="path/to/file.py:build_model")
    parser.add_argument("data", nargs="?", metavar="DATA", help=f"an .npz file or {', '.join(data.NAMES)}")
    parser.add_argument("--trials", **number, help=f"trials in all (default {TRIALS})")
    parser.add_argument("--epochs", **number, help=f"epochs of each trial (default {EPOCHS})")
    parser.add_argument("--seed", type=_seed, default=0, metavar="N", help="of search and split (default 0)")
    parser.add_argument("--workers", **number, help="processes (default: this one)")
    parser.add_argument("--out", type=Path, default=Path("results"), metavar="DIR", help="default: results")
    parser.add_argument("--name", type=_name, help="of the search (default: from MODEL and DATA)")
    parser.add_argument(
        "--objective", metavar="METRIC", help="default: val_accuracy for classes, else val_loss"
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK_TRIALS} trials of {QUICK_EPOCHS} epochs"
    )
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
