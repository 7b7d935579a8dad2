"""What every lab script shares: its flags, a quiet start of TensorFlow, progress, and the way to its page."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from dlkeras import data
from dlkeras.runs import Runs

MAX_AT_ONCE = 4  # trainings; each holds its data and program in memory
PACKAGES = ("dlkeras", "tensorflow", "keras", "numpy", "scipy", "scikit-learn", "matplotlib")


def read_flags(
    doc: str,
    full: Any,
    quick: Any,
    *,
    datasets: Sequence[str] = data.NAMES,
    argv: Sequence[str] | None = None,
) -> argparse.Namespace:
    """Reads a lab's flags and then starts TensorFlow, without its start-up messages.

    Call it before `import keras`, so that `--help` answers at once.

    Args:
        doc: The lab's docstring; its first line is its question.
        full: The lab's settings, a dataclass instance with the fields `dataset`, `seeds` and `epochs`.
        quick: The same with smaller numbers, for `--quick`.
        datasets: Names that `--dataset` takes.
        argv: The flags; by default those of the command line, and none in a notebook.

    Returns:
        `settings`, `out` (folder of all labs' results), `check` and `open`.
    """
    if argv is None:
        argv = [] if "ipykernel" in sys.modules else sys.argv[1:]
    title, _, rest = doc.strip().partition("\n")
    parser = argparse.ArgumentParser(
        description=title, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a small run, to see that it works")
    parser.add_argument("--seeds", type=count_of, metavar="N", help=f"number of seeds (default {full.seeds})")
    parser.add_argument("--dataset", choices=datasets, metavar="NAME", help=", ".join(datasets))
    parser.add_argument("--epochs", type=count_of, metavar="N", help=f"epochs (default {full.epochs})")
    parser.add_argument("--out", type=Path, default=Path("results"), metavar="DIR", help="default: results")
    parser.add_argument("--check", action="store_true", help="fail if a promised finding comes out otherwise")
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    flags = parser.parse_args(argv)
    chosen = {name: getattr(flags, name) for name in ("seeds", "dataset", "epochs")}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    settings = dataclasses.replace(quick if flags.quick else full, **chosen)
    start_tensorflow()
    return argparse.Namespace(settings=settings, out=flags.out, check=flags.check, open=flags.open)


def train_all(train: Callable[..., Iterable[dict]], cases: Sequence[tuple], description: str) -> Runs:
    """Calls a training function for all cases, some at a time, with a progress bar on the terminal.

    While one training waits for its compilation, others use the remaining cores. They share the global random
    generators, so each must draw from generators and initializers with seeds of its own, or two runs differ.

    Args:
        train: Called with the values of a case; returns or yields a dict for each training.
        cases: The arguments of each call.
        description: What is being done.

    Returns:
        All of them, in the order of the cases, whichever ends first.
    """
    import rich.progress
    from rich.console import Console

    console = Console(stderr=True)
    with ThreadPoolExecutor(min(os.cpu_count() or 1, MAX_AT_ONCE)) as pool:
        calls = [pool.submit(lambda case=case: list(train(*case))) for case in cases]
        try:
            done = rich.progress.track(
                as_completed(calls), description, total=len(calls), console=console, transient=True,
                disable=not console.is_terminal,
            )  # fmt: skip
            for call in done:
                call.result()  # raises at once what a call raised
        finally:
            pool.shutdown(cancel_futures=True)
    return Runs(row for call in calls for row in call.result())


def publish(
    flags: argparse.Namespace,
    script: str,
    run: Callable[[Any], Runs],
    findings: Callable[[Runs], list],
    figures: Callable[[Runs], dict],
) -> Path:
    """Runs a lab, writes its page and the index, and prints the findings and where the page is.

    Args:
        flags: What `read_flags` gave.
        script: The lab's `__file__`; its text is in the Markdown file beside it.
        run: Settings to result, a dict for each training: numbers and words, lists with a number per epoch,
            and arrays. All but the arrays go into runs.csv, a row for each epoch, or a single one.
        findings: Result to findings.
        figures: Result to figures with their words, `{file name: report.Exhibit}`.

    Returns:
        The path of the page.

    Raises:
        SystemExit: With `--check`, if a promised finding came out otherwise.
    """
    from dlkeras import page, report

    text = page.read_page(script)
    result = run(flags.settings)
    found = findings(result)
    versions = {name: metadata.version(name) for name in PACKAGES} | {"python": platform.python_version()}
    settings = {
        **dataclasses.asdict(flags.settings),
        "seeds": list(range(flags.settings.seeds)),
        "versions": versions,
    }
    exhibits = figures(result)
    path = report.write_lab(flags.out, text, exhibits, found, _tidy(result), settings)
    report.write_index(flags.out)
    _print_findings(found)
    if "ipykernel" in sys.modules:
        _show_in_notebook(path.parent, exhibits)
    print(f"Page: {path.resolve()}")
    if flags.open:
        import webbrowser

        webbrowser.open(path.resolve().as_uri())
    broken = [finding for finding in found if finding.is_broken_promise]
    if flags.check and broken:
        lines = [f"- {f.statement} Promised: {f.promised}. Came out: {f.verdict}." for f in broken]
        raise SystemExit("\n".join(["Findings that came out otherwise than promised:", *lines]))
    return path


def _tidy(result: Sequence[dict]) -> list[dict]:
    rows = []
    for training in result:
        series = {name: values for name, values in training.items() if isinstance(values, list)}
        single = {name: value for name, value in training.items() if np.ndim(value) == 0}
        if not series:
            rows.append(single)
        for epoch, values in enumerate(zip(*series.values(), strict=True), start=1):
            rows.append(single | {"epoch": epoch} | dict(zip(series, values, strict=True)))
    columns = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in columns} for row in rows]  # None: an empty cell


def _print_findings(findings: Sequence[Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    colors = {"supported": "green", "contradicted": "red", "undecided": "yellow"}
    table = Table(show_edge=False, header_style="bold", pad_edge=False)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Effect [95 %]", justify="right", no_wrap=True)
    table.add_column("What was measured, and what the course says")
    for f in findings:
        low, high = f.interval
        effect = f"{f.effect:.3g} [{low:.3g}, {high:.3g}] {f.unit}"
        verdict = f"[{colors[f.verdict]}]{f.verdict}"
        table.add_row(verdict, effect, f"{f.measured}. [dim]“{f.statement}”[/dim]")
    Console().print(table)


def _show_in_notebook(folder: Path, exhibits: dict[str, Any]) -> None:
    from IPython.display import Image, Markdown, display

    for name, exhibit in exhibits.items():
        display(Markdown(f"**{exhibit.title}**"), Image(folder / f"{name}.png", width=900, alt=exhibit.alt))
        display(Markdown(exhibit.caption))


def start_tensorflow() -> None:
    """Imports Keras and TensorFlow without their start-up messages."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _native_stderr_hidden():
        import keras  # noqa: F401


@contextlib.contextmanager
def _native_stderr_hidden() -> Iterator[None]:
    # TensorFlow's libraries greet on file descriptor 2 before any log level applies.
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as hidden:
        os.dup2(hidden.fileno(), 2)
        try:
            yield
        except BaseException:
            hidden.seek(0)
            os.write(kept, hidden.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def count_of(text: str) -> int:
    """Reads a flag that is a whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, not {text!r}")
    return int(text)
