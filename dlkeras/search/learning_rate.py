"""Finds the learning rate that suits a model, by forty at once, and draws the loss by rate.

MODEL is a file and a name in it, `path/to/file.py:build`: a function from a seed to a compiled model. DATA is
the name of a data set, or an .npz file with x_train and y_train, and x_val and y_val if there are any.

  python -m dlkeras.search.learning_rate model.py:build digits --optimizer sgd
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from dlkeras import data, lab
from dlkeras.search.shell import answer, parser_for

STEPS, SEEDS = 300, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; 1, with a sentence, where something is wrong, and a traceback with --debug."""
    return answer(run, read_flags(argv), "Interrupted.")


def run(flags: argparse.Namespace) -> None:
    """Tries the rates, writes the figure, and says what was found."""
    lab.start_tensorflow()  # quietly, and here, so --help answers at once
    from dlkeras import learning_rates
    from dlkeras.plots import save
    from dlkeras.search.command import load_data, load_model

    build, split = load_model(flags.model), load_data(flags.data, 0)
    counts = {"seeds": flags.seeds, "steps": flags.steps, "batch_size": flags.batch_size}
    held_out = split.x_val, split.y_val
    told = {"optimizer": flags.optimizer, "validation_data": held_out, **counts}
    found = learning_rates.find(build, split.x_train, split.y_train, **told)
    path = flags.out / f"learning-rate-{Path(flags.data).stem}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    save(found.plot(), path)
    print(found, f"Figure: {path.resolve()}", sep="\n")


def read_flags(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Reads the flags, by default those of the command line; TensorFlow is not needed for that."""
    parser = parser_for("dlkeras.search.learning_rate", __doc__)
    number = {"type": lab.count_of, "metavar": "N"}
    parser.add_argument("model", metavar="MODEL", help="path/to/file.py:build")
    parser.add_argument("data", metavar="DATA", help=f"an .npz file or {', '.join(data.NAMES)}")
    parser.add_argument("--optimizer", default="adam", help="name of Keras (default adam)")
    parser.add_argument("--seeds", **number, default=SEEDS, help=f"default {SEEDS}")
    parser.add_argument("--steps", **number, default=STEPS, help=f"of each training (default {STEPS})")
    parser.add_argument("--batch-size", **number, default=32, help="samples in a step (default 32)")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
