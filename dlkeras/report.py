"""Writes a lab's page and its data as one folder, and the index over all labs."""

from __future__ import annotations

import base64
import csv
import dataclasses
import json
import math
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from dlkeras.base import files
from dlkeras.base.finding import MARKS, Finding
from dlkeras.page import Page
from dlkeras.plots import style


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


Exhibits = Mapping[str, Exhibit]
Rows = Sequence[Mapping[str, Any]]


def write_lab(
    results: str | Path,
    page: Page,
    exhibits: Exhibits,
    findings: Sequence[Finding],
    runs: Rows,
    settings: Mapping[str, Any],
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
        _write_files(new, page, exhibits, [dataclasses.asdict(f) for f in findings], runs, settings)
        if target.exists():
            os.rename(target, old)
        os.rename(new, target)
    finally:
        _recover(results, name)
    return target / "index.html"


def write_index(results: str | Path) -> Path:
    """Writes results/index.html over all labs found there, with the glossary of the course.

    Args:
        results: Folder that `write_lab` wrote to.

    Returns:
        Path of the written page.

    Raises:
        ValueError: If the folder of a lab has no readable settings.json or findings.json.

    Example:
        >>> path = write_index("results")
    """
    results = Path(results)
    results.mkdir(parents=True, exist_ok=True)
    labs = [_read_lab(folder) for folder in results.glob("lab-*") if folder.is_dir()]
    labs.sort(key=lambda lab: lab["number"])
    files.write(results / "index.html", render("index.html", labs=labs))  # labs may finish at the same time
    return results / "index.html"


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


def _write_files(
    folder: Path,
    page: Page,
    exhibits: Exhibits,
    findings: list[dict],
    runs: Rows,
    settings: Mapping[str, Any],
) -> None:
    images = save_exhibits(folder, exhibits)
    with open(folder / "runs.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(runs[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(runs)
    about = {"number": page.number, "slug": page.slug, "title": page.title, "summary": page.summary}
    html = {"page": page, "exhibits": exhibits, "images": images, "findings": findings}
    texts = {
        "settings.json": _json(
            {"page": {**about, "thumbnail": f"{next(iter(exhibits))}.png"}, "settings": settings}
        ),
        "findings.json": _json(findings),
        "index.html": render("lab.html", **html, settings=_json(settings)),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _recover(results: Path, name: str) -> tuple[Path, Path, Path]:
    """Puts back the last good folder, clears what a broken run left; gives the folder, new one, last one."""
    target, new, old = results / name, results / f".{name}.new", results / f".{name}.old"
    if old.exists() and not target.exists():
        os.rename(old, target)
    for leftover in (new, old):
        if leftover.exists():
            shutil.rmtree(leftover)
    return target, new, old


def _read_lab(folder: Path) -> dict[str, Any]:
    try:
        about = json.loads((folder / "settings.json").read_text(encoding="utf-8"))["page"]
        findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
        counts = {verdict: sum(f["verdict"] == verdict for f in findings) for verdict in MARKS}
        return {**about, "folder": folder.name, "counts": counts}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"`results` must hold labs as `write_lab` wrote them. Received: {folder} ({error!r}). "
            f"Run the lab again or remove the folder."
        ) from error


def _json(value: Any) -> str:
    """Writes a value as JSON, the same for the same value; NaN is null, infinities are strings."""
    return json.dumps(_plain(value), indent=2, sort_keys=True, allow_nan=False, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    """Turns a value into what JSON has a form for."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    if hasattr(value, "tolist"):  # NumPy scalars and arrays
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | range):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        return value.as_posix()
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def _number(value: float) -> str:
    """Writes a number with three significant digits, powers of ten as a reader would."""
    value = float(value)
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        text = f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"
        return text.replace("-", "−")
    digits, exponent = f"{value:.2e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{float(digits):g} × 10{raised}".replace("-", "−")


def _value(value: Any) -> str:
    """Writes a value of a hyperparameter: numbers that are not whole as `_number` does."""
    if isinstance(value, float):
        return f"{value:g}" if value.is_integer() else _number(value)
    return "–" if value is None else str(value)


def _prose(text: str) -> Markup:
    """Escapes text and sets what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _templates() -> jinja2.Environment:
    loader = jinja2.PackageLoader("dlkeras")
    strict = {"autoescape": True, "undefined": jinja2.StrictUndefined}
    environment = jinja2.Environment(loader=loader, trim_blocks=True, **strict)
    environment.filters.update(number=_number, prose=_prose, value=_value)
    environment.globals.update(verdicts=MARKS)
    return environment
