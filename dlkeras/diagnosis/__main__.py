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

EPOCHS, SEEDS = 5, 5


def main(argv: list[str] | None = None) -> int:
    """Runs the command; 1, with a sentence, where something is wrong, and a traceback with --debug."""
    flags = read_flags(argv)
    from dlkeras.diagnosis import command  # TensorFlow starts here, so --help answers at once

    try:
        page = command.run(flags)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except Exception as error:
        if flags.debug:
            raise
        print(f"error: {command.sentence_of(error)}", file=sys.stderr)
        return 1
    print(f"Page: {page.resolve()}")
    if flags.open:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
    return 0


def read_flags(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Reads the flags, by default those of the command line; TensorFlow is not needed for that."""
    title, _, rest = __doc__.strip().partition("\n")
    parser = argparse.ArgumentParser(
        "python -m dlkeras.diagnosis",
        description=title,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    number = {"type": lab.count_of, "metavar": "N"}
    parser.add_argument("model", metavar="MODEL", help="path/to/file.py:build")
    parser.add_argument("data", metavar="DATA", help=f"an .npz file or {', '.join(data.NAMES)}")
    parser.add_argument("--epochs", **number, default=EPOCHS, help=f"epochs to watch (default {EPOCHS})")
    parser.add_argument("--batch-size", **number, default=32, help="samples in a batch (default 32)")
    parser.add_argument("--prove", action="store_true", help="train with each change that is proposed")
    parser.add_argument("--seeds", **number, default=SEEDS, help=f"of --prove (default {SEEDS})")
    parser.add_argument("--out", type=Path, default=Path("results"), metavar="DIR", help="default: results")
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    parser.add_argument("--debug", action="store_true", help="show the traceback of what goes wrong")
    flags = parser.parse_args(argv)
    file = flags.model.rpartition(":")[0] or flags.model
    flags.name = re.sub(r"[^A-Za-z0-9]+", "-", f"{Path(file).stem}-{Path(flags.data).stem}").strip("-")
    return flags


if __name__ == "__main__":
    sys.exit(main())
