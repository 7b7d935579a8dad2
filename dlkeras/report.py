"""Writes a lab's page and its data as one folder."""

from __future__ import annotations

import base64
import csv
import dataclasses
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup, escape

from dlkeras import glossary
from dlkeras.answers import Answer
from dlkeras.base import writing
from dlkeras.base.finding import FAILS, HOLDS, MARKS, UNDECIDED, Finding
from dlkeras.findings import holm
from dlkeras.page import Page
from dlkeras.plots import style
from dlkeras.views import View


@dataclass(frozen=True)
class Exhibit:
    """A figure with the words that belong to it.

    Args:
        figure: A Matplotlib figure.
        title: What is shown, in a line.
        caption: How to read it: the number of seeds, what a band is.
        alt: What it shows, for a reader who cannot see it.

    Raises:
        ValueError: If `title`, `caption` or `alt` is empty.

    Example:
        >>> figure, _ = style.grid(1)
        >>> exhibit = Exhibit(figure, "Loss by epoch", "One seed.", "The loss falls from 2.3 to 0.1.")
    """

    figure: style.Figure
    title: str
    caption: str
    alt: str

    def __post_init__(self) -> None:
        for name in ("title", "caption", "alt"):
            _check_text(name, getattr(self, name))


NO_ANSWER = Answer()
Exhibits = Mapping[str, Exhibit]
Rows = Sequence[Mapping[str, Any]]


def write_lab(
    results: str | Path,
    page: Page,
    exhibits: Exhibits,
    findings: Sequence[Finding],
    runs: Rows,
    settings: Mapping[str, Any],
    answer: Answer = NO_ANSWER,
    view: View | None = None,
    links: Mapping[str, str] | None = None,
    run: Mapping[str, Any] | None = None,
) -> Path:
    """Writes results/lab-NN: the page, every figure as PNG and SVG, findings, runs and settings.

    The folder is written beside its place and moved there at the end: whatever goes wrong, the last good
    page stays. One process at a time may write a lab.

    Args:
        results: Folder of all labs; made if missing.
        page: The text.
        exhibits: File name without ending -> figure with its words, in the order of the page.
        findings: What `judge` and `judge_share` gave.
        runs: Tidy rows, all with the same columns.
        settings: Settings, seeds and versions.
        answer: What the page says in plain words.
        view: What can be stepped through.
        links: Name -> path of what stands below the code, as seen from the page.
        run: What says whether the page is out of date: flags, seconds, code.

    Returns:
        Path of the written index.html.

    Raises:
        ValueError: If there are no exhibits, findings or runs, a name is no file name, rows differ in
            their columns, or a verdict is unknown.
        TypeError: If a finding is not a record with the fields above, or a value cannot be written as JSON.

    Example:
        >>> path = write_lab("results", page, {"loss": exhibit}, findings, runs, settings)  # doctest: +SKIP
    """
    _check_parts(exhibits, findings, runs)
    results = Path(results)
    results.mkdir(parents=True, exist_ok=True)
    name = f"lab-{page.number:02d}"
    target, new, old = _recover(results, name)
    try:
        new.mkdir()
        records = [dataclasses.asdict(finding) for finding in findings]
        _write_data(new, page, exhibits, records, runs, settings, answer, run or {})
        images = save_exhibits(new, exhibits)
        words = _words_of_page(records, settings, answer)
        html = render(
            "lab.html",
            **{"page": page, "exhibits": exhibits, "images": images, "answer": answer, "view": view},
            **{"links": links or {}, **words},
        )
        (new / "index.html").write_text(html, encoding="utf-8")
        if target.exists():
            os.rename(target, old)
        os.rename(new, target)
    finally:
        _recover(results, name)
    return target / "index.html"


def together(findings: Sequence[Mapping[str, Any]], correct: Callable) -> dict[str, Any]:
    """Says what verdicts mean where there are many.

    Args:
        findings: Findings as dicts, as findings.json has them; checks are left out.
        correct: `holm` or `benjamini_hochberg`: of p-values.

    Returns:
        judged: How many are left to chance, because an interval decides them.
        expected: How many false verdicts these bring, were every effect on its threshold.
        decided: How many of them have a verdict.
        lost: Statements whose verdict does not survive the correction.
        seeds: The least number of seeds, and `unseen`: the share of runs of which none may be among these.
    """
    p_values = np.array([f.get("p_value") for f in findings], np.float64)  # None is NaN
    judged = np.isfinite(p_values)
    levels = [1 - f.get("confidence", 0.95) for f in findings]  # older files name none
    decided = judged & np.array([f["verdict"] != UNDECIDED for f in findings], bool)
    with np.errstate(invalid="ignore"):
        lost = decided & (correct(p_values) > levels)
    seeds = min((f["n"] for f in findings if f["verdict"] not in (HOLDS, FAILS)), default=0)
    return {
        "judged": int(judged.sum()),
        "expected": float(sum(np.array(levels)[judged])),
        "decided": int(decided.sum()),
        "lost": [f["measured"] for f, is_lost in zip(findings, lost, strict=True) if is_lost],
        "seeds": seeds,
        "unseen": 1 - 0.025 ** (1 / seeds) if seeds else 1.0,
    }


def save_exhibits(folder: Path, exhibits: Exhibits) -> dict[str, str]:
    """Saves figures as PNG and SVG; returns each PNG by its name, in base64, as a page embeds it."""
    for name, exhibit in exhibits.items():
        style.save(exhibit.figure, folder / f"{name}.png")
        style.save(exhibit.figure, folder / f"{name}.svg")
    return {name: base64.b64encode((folder / f"{name}.png").read_bytes()).decode() for name in exhibits}


def render(template: str, **values: Any) -> str:
    """Fills a template of dlkeras, such as "search.html"; text is escaped."""
    return _templates().get_template(template).render(**values)


def _check_text(name: str, text: str) -> None:
    if not text.strip():
        raise ValueError(f"`{name}` must not be empty. Received: {name}={text!r}.")


def _check_parts(exhibits: Exhibits, findings: Sequence[Finding], runs: Rows) -> None:
    for name, part in {"exhibits": exhibits, "findings": findings, "runs": runs}.items():
        if not part:
            raise ValueError(f"`{name}` must hold at least one entry. Received: {name}={part!r}.")
    for name in exhibits:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
            raise ValueError(f"`exhibits` must have names of letters, digits, - and _. Received: {name!r}.")
    for finding in findings:
        if not isinstance(finding, Finding):
            raise TypeError(f"`findings` must be of class `Finding`. Received: {finding!r}.")
        if finding.verdict not in MARKS:
            raise ValueError(f"`verdict` must be one of {', '.join(MARKS)}. Received: {finding!r}.")
    columns = list(runs[0])
    for row in runs:
        if list(row) != columns:
            raise ValueError(
                f"`runs` must have the columns {columns} in every row. Received: row={dict(row)}."
            )


def _write_data(
    folder: Path,
    page: Page,
    exhibits: Exhibits,
    findings: list[dict],
    runs: Rows,
    settings: Mapping[str, Any],
    answer: Answer,
    run: Mapping[str, Any],
) -> None:
    with open(folder / "runs.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(runs[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(runs)
    about = {"number": page.number, "slug": page.slug, "title": page.title, "summary": page.summary}
    about |= {"thumbnail": f"{next(iter(exhibits))}.png", "answer": answer.text}
    about |= {"definitions": page.definitions, "warnings": page.warnings}
    texts = {
        "settings.json": writing.json_text({"page": about, "settings": settings, "run": run}),
        "findings.json": writing.json_text(findings),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _words_of_page(findings: list[dict], settings: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    """Gives what a page says of its findings: at the figures that decide them, and in tables of all."""
    numbered = [finding | {"place": place} for place, finding in enumerate(findings, start=1)]
    is_check = [finding["verdict"] in (HOLDS, FAILS) for finding in findings]
    decided: dict[str, list] = defaultdict(list)  # by the name of a figure
    for finding, (figure, sentence) in zip(numbered, answer.plain, strict=bool(answer.plain)):
        decided[figure].append((finding, sentence))
    return {
        "decided": decided,
        "judged": [f for f, is_one in zip(numbered, is_check, strict=True) if not is_one],
        "checks": [f for f, is_one in zip(numbered, is_check, strict=True) if is_one],
        "together": together(findings, holm),
        "words": glossary.used_in(" ".join(str(word) for f in findings for word in f.values())),
        "machine": _in_words(settings),
        "settings": writing.json_text(settings),
    }


def _in_words(settings: Mapping[str, Any]) -> str:
    """Names the machine of a run, or nothing where its settings do not."""
    machine = settings.get("machine")
    if machine is None:
        return ""
    return f"{machine['processor']}, {machine['cores']} cores, {machine['threads']} threads"


def _recover(results: Path, name: str) -> tuple[Path, Path, Path]:
    """Puts back the last good folder, clears what a broken run left; gives the folder, new one, last one."""
    target, new, old = results / name, results / f".{name}.new", results / f".{name}.old"
    if old.exists() and not target.exists():
        os.rename(old, target)
    for leftover in (new, old):
        if leftover.exists():
            shutil.rmtree(leftover)
    return target, new, old


def _prose(text: str) -> Markup:
    """Escapes text; sets code between backticks, powers raised, and a "%" on the line of its number."""
    words = str(escape(text)).split("`")
    words[::2] = [
        re.sub(r"\^(\w+)", r"<sup>\1</sup>", re.sub(r"(?<=\d) %", "\u00a0%", w)) for w in words[::2]
    ]
    return Markup("".join(f"<code>{w}</code>" if place % 2 else w for place, w in enumerate(words)))


def _templates() -> jinja2.Environment:
    loader = jinja2.PackageLoader("dlkeras")
    strict = {"autoescape": True, "undefined": jinja2.StrictUndefined}
    environment = jinja2.Environment(loader=loader, trim_blocks=True, **strict)
    environment.filters.update(number=writing.number, prose=_prose, value=writing.value_text)
    environment.globals.update(verdicts=MARKS)
    return environment
