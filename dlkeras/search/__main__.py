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

import sys

from dlkeras.search.flags import read_flags


def main(argv: list[str] | None = None) -> int:
    """Runs the command.

    Args:
        argv: The flags; by default those of the command line.

    Returns:
        0, or 1 with a message where there is nothing to write a page on.
    """
    flags = read_flags(__doc__, argv)
    from dlkeras.search import command  # TensorFlow starts here, so --help answers at once

    try:
        page = command.run(flags)
    except command.RefusedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. The same command goes on from here.", file=sys.stderr)
        return 130
    print(f"Page: {page.resolve()}")
    if flags.open:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
    return 0


if __name__ == "__main__":
    sys.exit(main())
