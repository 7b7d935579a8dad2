"""History: a line for the headline figure of each section, whenever it was measured anew."""

from __future__ import annotations

import re

# Benchmark -> what its headline figure is, and where it stands in the section.
HEADLINES = {
    "gradcheck": (
        "`check_model`: times as fast as tf.test.compute_gradient",
        r"compute_gradient \| [\d.]+ \| ([\d.]+)",
    ),
    "gradient_norms": ("a step with `GradientNorms`, over without", r"\| recorder \| [\d.]+ \| ([\d.]+)"),
    "diagnosis": ("a step with `Diagnosis`, over without", r"\| ([\d.]+) \| (?:not )?reached"),
    "learn": ("exercises in NumPy: seconds from save to answer", r"\| NumPy[^|]*\|[^|]*?([\d.]+)"),
    "learning_rates": ("% of the rates of `find` that are among the best", r"\| all \| – \| \*\*(\d+)%"),
    "optimizers": (
        "Adam’s step, over Keras’ own",
        r"\| Adam \| 10,000,000 in 20 \| no \| [\d.]+ \| ([\d.]+)",
    ),
    "population": (
        "plain fit, over a replica of a `Population`",
        r"plain fit, defaults \| [\d.]+ \| ([\d.]+)",
    ),
    "replication": ("% of verdicts that come out again", r"runs ([\d.]+)% came out again"),
    "tuning": ("% of pairs in which coarse to fine beats random", r"in (\d+)% of pairs without noise"),
    "verdicts": ("% of verdicts that are false, at most", r"The largest is ([\d.]+)"),
    "workers": ("two workers, over one", r"\n\| 2 \| [\d.]+ \| ([\d.]+)"),
}
HEAD = """## History: the headline figure of each section, by date

A ratio compares what ran side by side, so it stays comparable from one processor to the next.

| date | processor | what | figure |
|---|---|---|---|"""


def line_of(name: str, section: str) -> str | None:
    """Makes the line of a section, or None where it has no headline figure.

    Args:
        name: Of the benchmark.
        section: Its text, whose second paragraph says when and where it was measured.
    """
    what, pattern = HEADLINES.get(name, ("", r"(?!)"))
    found = re.search(pattern, section, flags=re.DOTALL)
    if found is None:
        return None
    date, processor = section.split("\n\n")[1].split(", ")[:2]
    return f"| {date[:10]} | {processor} | {what} | {found[1]} |"


def with_line(history: str, line: str | None) -> str:
    """Puts a line at the end of a history, which begins where there is none; not the same line twice."""
    lines = (history or HEAD).splitlines()
    return "\n".join(lines if line is None or line in lines else [*lines, line])
