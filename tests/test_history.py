"""Headline figures of the results, kept by date: each is found in its section, and no line is lost."""

import re
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
sys.path.append(str(BENCHMARKS))

import history  # noqa: E402
import run  # noqa: E402

SECTIONS = run.read_sections((BENCHMARKS / "RESULTS.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(set(history.HEADLINES) & set(SECTIONS)))
def test_each_section_has_its_figure_in_the_history(name):
    line = history.line_of(name, SECTIONS[name])
    assert re.fullmatch(r"\| \d{4}-\d\d-\d\d \| [^|]+ \| [^|]+ \| [\d.]+ \|", line)
    assert line in SECTIONS["history"].splitlines()


def test_a_new_figure_is_added_and_the_old_ones_stay():
    section = "## Workers\n\n2026-01-02 03:04 UTC, Some CPU, 2 cores.\n\n| 1 | 9 | 1.00 |\n| 2 | 5.0 | 0.55 |"
    first = history.with_line("", history.line_of("workers", section))
    assert first == f"{history.HEAD}\n| 2026-01-02 | Some CPU | two workers, over one | 0.55 |"
    later = history.line_of("workers", section.replace("0.55", "0.60").replace("2026", "2027"))
    both = history.with_line(first, later)
    assert both.splitlines()[:-1] == first.splitlines()
    assert both.endswith("| 2027-01-02 | Some CPU | two workers, over one | 0.60 |")
    assert history.with_line(both, later) == both


def test_a_section_without_a_figure_adds_no_line():
    assert history.line_of("optimizer_exercise", "## Costs\n\n2026-01-01, CPU.") is None
    assert history.line_of("workers", "## Workers\n\n2026-01-01, CPU.\n\nNothing.") is None
    assert history.with_line("", None) == history.HEAD
