"""What a page says of findings: alone, together, checks apart, and in a file from which to judge again."""

import dataclasses
import json
import math

import numpy as np
from report_samples import FINDINGS, PAGE, RUNS, SETTINGS, Reader, exhibit

from dlkeras import report
from dlkeras.findings import check, judge, judge_ratio, judge_share


def judged(p_value, **fields):
    return dataclasses.replace(FINDINGS[0], p_value=p_value, **fields)


def text_of(tmp_path, findings):
    path = report.write_lab(tmp_path, PAGE, {"loss": exhibit()}, findings, RUNS, SETTINGS)
    return Reader(path.read_text(encoding="utf-8")).text


def test_page_says_how_many_verdicts_stand_together(tmp_path):
    findings = [
        judged(0.01, n=20),
        judged(0.04, n=20, measured="The width"),
        judged(0.2, verdict="undecided"),
    ]
    text = text_of(tmp_path, findings)
    assert "3 of these statements are left to chance." in text
    assert "about 0.15 of them would get a verdict that is wrong." in text
    assert (
        "1 of 2 verdicts stand when all are corrected for their number (Holm); these do not: The width."
        in text
    )
    assert "What none of 5 runs did may still happen in up to 52 % of runs." in text
    text = text_of(tmp_path, [judged(math.nan, n=20)])  # exact
    assert "left to chance" not in text
    assert "What none of 20 runs did may still happen in up to 17 % of runs." in text


def test_checks_stand_apart_and_exact_findings_have_no_interval(tmp_path):
    exact = judge("It is so.", "count", [2.0] * 20, "units", below=3, source="Notes", expected=2.1)
    text = text_of(tmp_path, [exact, check("It adds up.", "gap", [1e-9, 2e-9], below=1e-6, source="Theory")])
    assert "It is so. Notes" in text
    assert "2 units exact, the same at every seed claim: below 3 source or theory: 2.1" in text
    assert text.index("What must hold, and was checked") > text.index("How sure")
    assert "It adds up. Theory ✓ holds gap 2 × 10⁻⁹ limit: below 1 × 10⁻⁶" in text
    only = text_of(tmp_path, [check("It adds up.", "gap", [1.0], below=1e-6)])
    assert "✗ fails" in only
    assert "How sure" not in only


def test_a_few_seeds_have_no_interval(tmp_path):
    text = text_of(tmp_path, [judged(math.nan, n=4)])
    assert "0.22 per layer no interval: fewer than five seeds claim" in text


def test_words_are_explained_where_they_are_used(tmp_path):
    assert "decade, a factor of ten" in text_of(tmp_path, [judged(0.1, unit="decades")])
    text = text_of(tmp_path, [judged(0.1)])
    assert "a factor of ten" not in text
    assert "interval, where the true value may lie" in text


def test_a_finding_can_be_judged_again_from_its_file(tmp_path):
    rng = np.random.default_rng(0)
    ours, theirs = np.exp(rng.normal(0.5, 1, (2, 20)))
    findings = [
        judge("s", "m", ours, "u", baseline=theirs, trained=ours > 0.5, above=0),
        judge_ratio("s", "m", ours, theirs, below=1.5),
        judge_share("s", "m", ours > 0.5, above=0.5),
    ]
    path = report.write_lab(tmp_path, PAGE, {"loss": exhibit()}, findings, RUNS, SETTINGS)
    kept = json.loads((path.parent / "findings.json").read_text())
    numbers = [(row["samples"], row["baseline"], row["trained"]) for row in kept]
    again = [
        judge("s", "m", numbers[0][0], "u", baseline=numbers[0][1], trained=numbers[0][2], above=0),
        judge_ratio("s", "m", *numbers[1][:2], below=1.5),
        judge_share("s", "m", numbers[2][0], above=0.5),
    ]
    assert again == findings
