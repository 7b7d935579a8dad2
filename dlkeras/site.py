"""The site over all labs that were run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dlkeras import glossary
from dlkeras.base import files
from dlkeras.base.finding import MARKS
from dlkeras.findings import benjamini_hochberg
from dlkeras.report import render, together


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
    found = together([finding for lab in labs for finding in lab["findings"]], benjamini_hochberg)
    html = render("index.html", labs=labs, together=found, words=glossary.WORDS)
    files.write(results / "index.html", html)  # labs may finish at the same time
    return results / "index.html"


def _read_lab(folder: Path) -> dict[str, Any]:
    try:
        about = json.loads((folder / "settings.json").read_text(encoding="utf-8"))["page"]
        findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
        counts = {verdict: sum(f["verdict"] == verdict for f in findings) for verdict in MARKS}
        return {**about, "folder": folder.name, "counts": counts, "findings": findings}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"`results` must hold labs as `write_lab` wrote them. Received: {folder} ({error!r}). "
            f"Run the lab again or remove the folder."
        ) from error
