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

STEPS, SEEDS = 300, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; 1, with a sentence, where something is wrong, and a traceback with --debug."""
    flags = read_flags(argv)
    from dlkeras.search import command  # TensorFlow starts here, so --help answers at once

    try:
        print(*run(flags), sep="\n")
    except Exception as error:
        if flags.debug:
            raise
        print(f"error: {command.sentence_of(error)}", file=sys.stderr)
        return 1
    return 0


def run(flags: argparse.Namespace) -> tuple[str, str]:
    """Tries the rates and writes the figure; gives what was found, and where the figure is."""
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
    return str(found), f"Figure: {path.resolve()}"


def read_flags(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Reads the flags, by default those of the command line; TensorFlow is not needed for that."""
    title, _, rest = __doc__.strip().partition("\n")
    parser = argparse.ArgumentParser(
        "python -m dlkeras.search.learning_rate",
        description=title,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    number = {"type": lab.count_of, "metavar": "N"}
    parser.add_argument("model", metavar="MODEL", help="path/to/file.py:build")
    parser.add_argument("data", metavar="DATA", help=f"an .npz file or {', '.join(data.NAMES)}")
    parser.add_argument("--optimizer", default="adam", help="name of Keras (default adam)")
    parser.add_argument("--seeds", **number, default=SEEDS, help=f"default {SEEDS}")
    parser.add_argument("--steps", **number, default=STEPS, help=f"of each training (default {STEPS})")
    parser.add_argument("--batch-size", **number, default=32, help="samples in a step (default 32)")
    parser.add_argument("--out", type=Path, default=Path("results"), metavar="DIR", help="default: results")
    parser.add_argument("--debug", action="store_true", help="show the traceback of what goes wrong")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
