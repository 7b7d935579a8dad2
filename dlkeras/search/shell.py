"""What commands of the shell have in common: one sentence where something is wrong, and a page to open."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path


def parser_for(module: str, doc: str) -> argparse.ArgumentParser:
    """Makes the parser of `python -m module`, whose docstring is its help, with flags of every command."""
    title, _, rest = doc.strip().partition("\n")
    parser = argparse.ArgumentParser(
        f"python -m {module}",
        description=title,
        epilog=rest,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=Path("results"), metavar="DIR", help="default: results")
    parser.add_argument("--debug", action="store_true", help="show the traceback of what goes wrong")
    return parser


def answer(work: Callable[[argparse.Namespace], None], flags: argparse.Namespace, on_interrupt: str) -> int:
    """Does the work; returns the exit status: 1, with a sentence, where something is wrong."""
    try:
        work(flags)
    except KeyboardInterrupt:
        print(on_interrupt, file=sys.stderr)
        return 130
    except Exception as error:
        if flags.debug:
            raise
        from dlkeras.search.command import sentence_of

        print(f"error: {sentence_of(error)}", file=sys.stderr)
        return 1
    return 0


def show(page: Path, opens: bool) -> None:
    """Says where a page is, and opens it in a browser where that is asked for."""
    print(f"Page: {page.resolve()}")
    if opens:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
