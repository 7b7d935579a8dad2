"""A lab's answer in plain words, and what its reader predicts first: both made of the findings of a run."""

from __future__ import annotations

import importlib.util
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from dlkeras.base.finding import NOT_MEASURABLE, UNDECIDED, Finding
from dlkeras.base.writing import number

SHORT = 6  # words of a part of what was measured, to stand in brackets


@dataclass(frozen=True)
class Question:
    """A question to be answered before the results are seen.

    Args:
        text: The question.
        options: What a reader can pick, at least two.
        right: The place among the options of what was measured in this run.
        because: The measured number, in a sentence.
        figure: Name of the exhibit that shows it; "" for none.
    """

    text: str
    options: Sequence[str]
    right: int
    because: str
    figure: str = ""


@dataclass(frozen=True)
class Answer:
    """What a page says in plain words.

    Args:
        text: The answer to the lab's question, in two or three sentences; "" for none.
        questions: What to predict.
        plain: For each finding, the name of the figure that decides it and a sentence with its number; ""
            where the lab has none.
    """

    text: str = ""
    questions: Sequence[Question] = ()
    plain: Sequence[tuple[str, str]] = ()


class Found:
    """The findings of a run, looked up by words of theirs, and what can be said of them.

    Args:
        findings: What `judge` and the like gave.
        settings: The settings of the run, by name.

    Example:
        >>> from dlkeras.findings import judge
        >>> gains = [0.10, 0.12, 0.11, 0.09, 0.10, 0.11]
        >>> found = Found([judge("Depth helps.", "accuracy gained", gains, "share", above=0.05)], {})
        >>> found.says("gained", text="Depth brings {points} points.")
        'Depth brings 10 points.'
        >>> found.question("Does depth help?", "gained", {"Yes": "supported", "No": "contradicted"}).right
        0
    """

    def __init__(self, findings: Sequence[Finding], settings: Mapping[str, Any]) -> None:
        self.findings = list(findings)
        self.settings = SimpleNamespace(**settings)

    def get(self, *words: str) -> Finding | None:
        """Looks up a finding.

        Args:
            *words: Pieces of its statement or of what was measured; all must occur.

        Returns:
            The finding, or None where this run has none, as a small run may.

        Raises:
            ValueError: If more than one finding has these words.
        """
        found = [f for f in self.findings if all(word in f"{f.statement} {f.measured}" for word in words)]
        if len(found) > 1:
            names = [f.measured for f in found]
            raise ValueError(f"`words` must belong to one finding. Received: words={words}, of {names}")
        return found[0] if found else None

    def says(self, *words: str, text: str = "", **by_verdict: str) -> str:
        """Puts the number of a finding into a sentence.

        Args:
            *words: As `get` takes them.
            text: The sentence; in braces the numbers that `numbers_of` has, such as {effect}.
            **by_verdict: Sentences for `supported`, `contradicted`, `undecided`, in the place of `text`.

        Returns:
            The sentence; "" where there is no such finding, no number, or no sentence for its verdict.
        """
        finding = self.get(*words)
        if finding is None or not math.isfinite(finding.effect):
            return ""
        return by_verdict.get(finding.verdict, text).format(**numbers_of(finding))

    def question(
        self,
        text: str,
        words: str | Sequence[str],
        options: Mapping[str, str | tuple[float, float]],
        because: str = "Measured: {effect} {unit}.",
        figure: str = "",
    ) -> Question | None:
        """Makes a question whose right option this run decides.

        Args:
            text: The question.
            words: As `get` takes them, one or several.
            options: Option -> the verdict that makes it right ("" for none), or from where to where the
                effect then is, its whole interval.
            because: A sentence as for `says`.
            figure: Name of the exhibit that shows it.

        Returns:
            The question; None where this run does not decide it.
        """
        finding = self.get(*([words] if isinstance(words, str) else words))
        if finding is None or finding.verdict in (UNDECIDED, NOT_MEASURABLE):
            return None
        right = [place for place, sign in enumerate(options.values()) if _is_right(finding, sign)]
        if len(right) != 1:
            return None
        return Question(text, tuple(options), right[0], because.format(**numbers_of(finding)), figure)


def numbers_of(finding: Finding) -> dict[str, str]:
    """Gives the numbers of a finding as a sentence has them: two digits, units of people.

    Returns:
        effect; size, without its sign; percent and points, a hundred times each; inverse, 1 / effect; low and
        high, the ends of the interval; count, of the seeds that have a property; n, unit, threshold.

    Example:
        >>> from dlkeras.findings import judge_share
        >>> numbers_of(judge_share("s", "m", [True, True, True, False], above=0.5))["percent"]
        '75'
    """
    effect = finding.effect
    texts = {
        **{"effect": effect, "size": abs(effect), "percent": 100 * effect, "points": 100 * abs(effect)},
        **{"inverse": 1 / effect if effect else math.inf, "low": finding.interval[0]},
        **{"high": finding.interval[1], "n": finding.n, "threshold": finding.threshold},
        "count": sum(value for value in finding.samples if value in (0, 1)),
    }
    nearly_all = 99 < texts["percent"] < 100  # which is not all
    digits = {"percent": f"{min(texts['percent'], 99.9):.1f}"} if nearly_all else {}
    return {name: _short(value) for name, value in texts.items()} | digits | {"unit": finding.unit}


def _short(value: float) -> str:
    """Two digits, and all of a whole number that a person would count."""
    if math.isfinite(value) and float(value).is_integer() and abs(value) < 1e4:
        return f"{value:.0f}".replace("-", "−")
    text = f"{value:#.2g}"
    plain = "e" not in text and abs(value) < 10
    return text.replace("-", "−") if plain else number(float(text))


def _is_right(finding: Finding, sign: str | tuple[float, float]) -> bool:
    if isinstance(sign, str):
        return finding.verdict == sign
    return sign[0] <= min(finding.interval) and max(finding.interval) <= sign[1]  # NaN is nowhere


def read_answer(folder: str | Path, findings: Sequence[Finding], settings: Mapping[str, Any]) -> Answer:
    """Reads what a lab's answer.py makes of the findings of a run.

    answer.py has `answer(found)`, a list of sentences, and `predictions(found)`, a list of questions; both
    may have gaps ("" and None), where this run says nothing. `STATEMENTS` has, by the name of a figure,
    pieces of what was measured in the findings that it decides, each with a sentence as `Found.says` takes
    it. A finding belongs to the first piece that fits.

    Args:
        folder: Folder of the lab; it may have no answer.py.
        findings: The findings of the run.
        settings: Its settings.

    Returns:
        The answer, without what is left out.

    Example:
        ```python
        answer = read_answer("labs/lab_04_vanishing_gradient", findings, {"depths": (2, 5)})
        ```
    """
    path = Path(folder) / "answer.py"
    if not path.exists():
        return Answer()
    spec = importlib.util.spec_from_file_location(f"answer_of_{path.parent.name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = Found(findings, settings)
    return Answer(
        _joined([part for part in module.answer(found) if part]),
        [question for question in module.predictions(found) if question],
        told_apart(findings, [_plain(finding, module.STATEMENTS) for finding in findings]),
    )


def _joined(parts: Sequence[str]) -> str:
    """Joins sentences and parts of sentences; where the rest of one is left out, it ends before."""
    ends = [after[:1].isupper() or not after for after in [*parts[1:], ""]]
    return " ".join(re.sub("[,;]$", ".", p) if is_end else p for p, is_end in zip(parts, ends, strict=False))


def _plain(finding: Finding, statements: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
    """Gives the figure that decides a finding, and the sentence, its number still to be put in."""
    for figure, sentences in statements.items():
        for piece, text in sentences.items():
            if piece in finding.measured:
                return figure, text if math.isfinite(finding.effect) else "This run gave no number."
    return "", ""


def told_apart(findings: Sequence[Finding], plain: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Puts the numbers into sentences, and behind those that say the same of one statement what differs.

    Args:
        findings: The findings.
        plain: For each its figure and sentence, with the names of numbers in braces.

    Returns:
        The same with numbers, and such as "(Adam)" where the parts of `measured`, between commas and colons,
        differ from those of the other findings with this statement and sentence.
    """
    keys = [(finding.statement, *own) for finding, own in zip(findings, plain, strict=True)]
    told = []
    for finding, (figure, text), key in zip(findings, plain, keys, strict=True):
        group = [other.measured for other, own in zip(findings, keys, strict=True) if own == key]
        sentence = text.format(**numbers_of(finding)) if math.isfinite(finding.effect) else text
        sentence = re.sub(r"\b1 times(?=[.,;])", "once", sentence)
        apart = differing(finding.measured, group) if sentence else ""
        told.append((figure, re.sub(r"([.?]?)$", rf" ({apart})\1", sentence, count=1) if apart else sentence))
    return told


def differing(text: str, group: Sequence[str]) -> str:
    """Gives the parts of a text, between commas and colons, that not all of a group have.

    Example:
        >>> differing("Adam: raw over scaled", ["Adam: raw over scaled", "SGD: raw over scaled"])
        'Adam'
    """
    parts = [re.split(r"[,:] ", each) for each in group]
    own = [part for part in re.split(r"[,:] ", text) if not all(part in other for other in parts)]
    short = [part for part in own if len(part.split()) <= SHORT]
    return ", ".join(short or own)
