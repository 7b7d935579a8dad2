"""What every lab script shares: its flags, a quiet start of TensorFlow, progress, and the way to its page."""

from __future__ import annotations

import argparse
import ast
import contextlib
import dataclasses
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from dlkeras import data, page
from dlkeras.base.finding import COLORS, HOLDS
from dlkeras.base.freshness import code_of
from dlkeras.base.versions import machine, versions
from dlkeras.runs import Runs

MAX_AT_ONCE = 4  # trainings; each holds its data and program in memory


def read_settings(
    script: str,
    *,
    datasets: Sequence[str] = data.NAMES,
    quick: Mapping[str, Any],
    argv: Sequence[str] | None = None,
    **settings: Any,
) -> tuple[SimpleNamespace, argparse.Namespace]:
    """Reads a lab's flags and then starts TensorFlow, without its start-up messages.

    Call it before `import keras`, so that `--help` answers at once. What is printed from here on is kept, and
    stands on the page beside the code that printed it.

    Args:
        script: The lab's `__file__`; `--help` shows its docstring, whose first line is the question.
        datasets: Names that `--dataset` takes.
        quick: The settings that `--quick` changes.
        argv: The flags; by default those of the command line, and none in a notebook.
        **settings: `dataset`, `epochs`, `seeds` (a range), and what else a run of this lab uses.

    Returns:
        The settings of this run, and what `write_page` needs to know.

    Raises:
        ValueError: If the README.md beside the script has not the form of a lab's text.

    Example:
        ```python
        settings, flags = lab.read_settings(
            __file__, dataset="digits", epochs=12, seeds=range(20), quick={"seeds": range(2)}
        )
        ```
    """
    if argv is None:
        argv = [] if _in_notebook() else sys.argv[1:]
    flags = _parser(script, datasets, settings).parse_args(argv)
    page.read_page(script)  # a broken text is told before the training
    own = dict(settings)
    if flags.quick:
        settings |= quick
    settings |= {name: getattr(flags, name) for name in ("dataset", "epochs") if getattr(flags, name)}
    num_seeds = flags.seeds or len(settings["seeds"])
    settings["seeds"] = range(flags.first_seed, flags.first_seed + num_seeds)
    if _in_notebook():  # it starts in its own folder, and a script's modules are not on its path
        os.chdir(Path(script).parents[2])
        sys.path.insert(0, str(Path(script).parent))
    start_tensorflow()
    from dlkeras.population import Population

    Population.jit_by_default = not flags.quick  # which compiles much and trains little
    flags.script, flags.settings, flags.printed = script, settings, _Printed(sys.stdout)
    flags.given, flags.begun = _without_place(argv), time.monotonic()
    flags.keeps_promises = all(settings[name] == own[name] for name in own if name != "seeds")
    sys.stdout = flags.printed
    return SimpleNamespace(**settings), flags


def _without_place(argv: Sequence[str]) -> list[str]:
    """Gives the flags that change what a page says."""
    place = [i for i, flag in enumerate(argv) if flag == "--out"]
    left_out = {*place, *(i + 1 for i in place)}
    return [f for i, f in enumerate(argv) if i not in left_out and f not in ("--open", "--check")]


def _in_notebook() -> bool:
    return "ipykernel" in sys.modules


def _parser(script: str, datasets: Sequence[str], settings: Mapping[str, Any]) -> argparse.ArgumentParser:
    doc = ast.get_docstring(ast.parse(Path(script).read_text(encoding="utf-8")))
    title, _, rest = doc.partition("\n")
    parser = argparse.ArgumentParser(
        description=title, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    seeds, epochs = len(settings["seeds"]), settings["epochs"]
    parser.add_argument("--quick", action="store_true", help="a small run, to see that it works")
    parser.add_argument("--seeds", type=count_of, metavar="N", help=f"number of seeds (default {seeds})")
    parser.add_argument("--first-seed", type=seed_of, default=0, metavar="S", help="from S on (default 0)")
    parser.add_argument("--dataset", choices=datasets, metavar="NAME", help=", ".join(datasets))
    parser.add_argument("--epochs", type=count_of, metavar="N", help=f"epochs (default {epochs})")
    parser.add_argument("--out", type=Path, default=Path("results"), metavar="DIR", help="default: results")
    parser.add_argument("--check", action="store_true", help="fail if a promised finding comes out otherwise")
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    return parser


class _Printed:
    """Keeps what is written to a stream, which goes on as before and is this in all else."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream.stream if isinstance(stream, _Printed) else stream
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return self.stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def train_all(
    train: Callable[..., Iterable[dict]], cases: Iterable[tuple], description: str = "Training"
) -> Runs:
    """Calls a training function for all cases, some at a time, with a progress bar on the terminal.

    While one training waits for its compilation, others use the remaining cores. They share the global random
    generators, so each must draw from generators and initializers with seeds of its own, or two runs differ.

    Args:
        train: Called with the values of a case; returns or yields a dict for each training.
        cases: The arguments of each call.
        description: What is being done, for the progress bar.

    Returns:
        All of them, in the order of the cases, whichever ends first.
    """
    import rich.progress
    from rich.console import Console

    console = Console(stderr=True)
    with ThreadPoolExecutor(min(os.cpu_count() or 1, MAX_AT_ONCE)) as pool:
        calls = [pool.submit(lambda case=case: list(train(*case))) for case in cases]
        try:
            shown = {"console": console, "transient": True, "disable": not console.is_terminal}
            for call in rich.progress.track(as_completed(calls), description, len(calls), **shown):
                call.result()  # raises at once what a call raised
        finally:
            pool.shutdown(cancel_futures=True)
    return Runs(row for call in calls for row in call.result())


def write_page(
    flags: argparse.Namespace,
    runs: Sequence[dict],
    findings: Sequence[Any],
    exhibits: dict[str, Any],
    view: Any = None,
) -> Path:
    """Writes a lab's page and the site, and prints the findings and where the page is.

    The words come from the files beside the script: README.md, and answer.py where there is one.

    Args:
        flags: What `read_settings` gave.
        runs: A dict for each training: numbers and words, lists with a number per epoch, and arrays. All but
            the arrays go into runs.csv, a row for each epoch, or a single one.
        findings: What `judge` and the like gave. Promises are for the lab's own settings: a run with others,
            such as another data set, or with fewer than twenty seeds, has none, but for its checks.
        exhibits: Figures with their words, `{file name: report.Exhibit}`.
        view: A `views.View` to step through.

    Returns:
        The path of the page.

    Raises:
        SystemExit: With `--check`, if a check fails or a promised finding came out otherwise.
    """
    from dlkeras import report, site
    from dlkeras.answers import read_answer

    sys.stdout = flags.printed.stream
    settings = {**flags.settings, "seeds": list(flags.settings["seeds"]), "versions": versions()}
    settings["machine"] = machine()
    if not flags.keeps_promises:
        findings = [dataclasses.replace(finding, promised=None) for finding in findings]
    text = dataclasses.replace(page.read_page(flags.script), printed=flags.printed.text)
    folder = Path(flags.script).parent
    seconds = round(time.monotonic() - flags.begun, 1)
    path = report.write_lab(
        *(flags.out, text, exhibits, findings, _tidy(runs), settings),
        **{"answer": read_answer(folder, findings, settings), "view": view},
        links=page.links_of(folder, flags.out / "lab-NN"),
        run={"flags": flags.given, "seconds": seconds, "code": code_of(folder)},
    )
    site.write_site(flags.out, folder.parent)
    _print_findings(findings)
    if _in_notebook():
        _show_in_notebook(path.parent, exhibits, view)
    print(f"Page: {path.resolve()}")
    if flags.open:
        import webbrowser

        webbrowser.open(path.resolve().as_uri())
    broken = [finding for finding in findings if finding.is_broken_promise]
    if flags.check and broken:
        lines = [f"- {f.statement} Promised: {f.promised or HOLDS}. Came out: {f.verdict}." for f in broken]
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

    table = Table(show_edge=False, header_style="bold", pad_edge=False)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Effect [95 %]", justify="right", no_wrap=True)
    table.add_column("What was measured, and the statement")
    for f in findings:
        low, high = f.interval
        effect = f"{f.effect:.3g} [{low:.3g}, {high:.3g}] {f.unit}" if np.isfinite(f.effect) else "–"
        verdict = f"[{COLORS[f.verdict]}]{f.verdict}"
        table.add_row(verdict, effect, f"{f.measured}. [dim]“{f.statement}”[/dim]")
    Console().print(table)


def _show_in_notebook(folder: Path, exhibits: dict[str, Any], view: Any) -> None:
    from IPython.display import Image, Markdown, display

    if view is not None:
        display(Markdown(f"**{view.title}** {view.about}"), view)

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


def seed_of(text: str) -> int:
    """Reads a flag that is a whole number of at least 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 0, not {text!r}")
    return int(text)
