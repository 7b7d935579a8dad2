"""The page of a diagnosis."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlkeras import report
from dlkeras.base.files import write
from dlkeras.diagnosis.evidence import Evidence
from dlkeras.diagnosis.problem import Problem
from dlkeras.diagnosis.telling import figures
from dlkeras.diagnosis.telling.text import heading
from dlkeras.diagnosis.words import CAUSES, SYMPTOMS

if TYPE_CHECKING:
    from dlkeras.diagnosis.proving.proof import Trial


def write_page(
    folder: Path, title: str, problems: Sequence[Problem], evidence: Evidence, trials: Sequence[Trial] = ()
) -> Path:
    """Writes index.html, which holds all that it shows, and the figures beside it; each is replaced whole."""
    folder.mkdir(parents=True, exist_ok=True)
    exhibits = figures.exhibits(evidence)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        images = report.save_exhibits(Path(temporary), exhibits)
        for path in Path(temporary).iterdir():
            os.replace(path, folder / path.name)
    html = report.render(
        "diagnosis.html",
        title=title,
        heading=heading(problems, evidence),
        problems=[_in_words(problem) for problem in problems],
        trials=[_row(trial) for trial in trials],
        advice=advice(trials),
        exhibits=exhibits,
        images=images,
        unseen=evidence.unseen,
    )
    write(folder / "index.html", html)
    return folder / "index.html"


def advice(trials: Sequence[Trial]) -> str:
    """Says which change is recommended: one whose gain is supported, or none."""
    good = [trial for trial in trials if trial.is_recommended]
    if good:
        return f"Recommended: {good[0].change.words}"
    return "No change is recommended: none has gained for certain."


def _in_words(problem: Problem) -> dict[str, Any]:
    where = "" if problem.layer is None else f" ({problem.layer})"
    return {
        "title": SYMPTOMS[problem.name].capitalize() + where,
        "seen": problem.evidence,
        "causes": [f"{CAUSES[cause][0].capitalize()} ({cause})" for cause in problem.causes],
        "change": problem.change,
        "lab": problem.lab,
    }


def _row(trial: Trial) -> dict[str, str]:
    low, high = trial.finding.interval
    return {
        "words": trial.change.words,
        "before": f"{trial.before.mean():.2f}",
        "after": f"{trial.after.mean():.2f}",
        "gain": f"{trial.finding.effect:+.2f}",
        "interval": f"{low:+.2f} to {high:+.2f}",
        "verdict": trial.finding.verdict,
    }
