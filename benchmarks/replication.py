"""Replication: the verdicts of every lab again, from other seeds; and every command that a page offers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import optimizer_exercise

from dlkeras.page import read_page

ROOT = Path(__file__).resolve().parent.parent
LABS = sorted((ROOT / "labs").glob("lab_*/experiment.py"))
RESULTS = ROOT / "results" / "replication"  # stays, to look into
OTHER_SEEDS = 1000  # the second run begins here: no seed is in both
DECIDED = ("supported", "contradicted")
POWER = 0.95  # of a promise, at least
TO_REACH = 0.97


def run_lab(script: Path, results: Path, *flags: str) -> None:
    """Runs a lab without its print-out; what it says on stderr is shown where it fails."""
    command = [sys.executable, script, "--out", results, *flags]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{script.parent.name} {' '.join(flags)} failed:\n{done.stderr}")


def findings_of(script: Path, results: Path) -> list[dict]:
    """Reads what a lab found."""
    return json.loads((results / folder_of(script) / "findings.json").read_text(encoding="utf-8"))


def folder_of(script: Path) -> str:
    """Names the folder of a lab's page."""
    return f"lab-{read_page(script).number:02d}"


def compare(first: list[dict], second: list[dict]) -> dict:
    """Compares the findings of two runs of a lab, which are in the same order.

    Returns:
        Counts by name: judged, decided (in the first run), agree, opposite, checks, failing; and a list of
        the pairs whose verdicts differ.
    """
    pairs = list(zip(first, second, strict=True))
    checks = [pair for pair in pairs if pair[0]["verdict"] in ("holds", "fails")]
    judged = [pair for pair in pairs if pair not in checks]
    decided = [(a, b) for a, b in judged if a["verdict"] in DECIDED]
    return {
        "judged": len(judged),
        "decided": len(decided),
        "agree": sum(a["verdict"] == b["verdict"] for a, b in decided),
        "opposite": sum(b["verdict"] in DECIDED and a["verdict"] != b["verdict"] for a, b in decided),
        "checks": len(checks),
        "failing": sum("fails" in (a["verdict"], b["verdict"]) for a, b in checks),
        "differ": [(a, b) for a, b in judged if a["verdict"] != b["verdict"]],
    }


def commands() -> list[tuple[Path, list[str]]]:
    """Lists the labs that the questions of the pages run, with their flags."""
    found = []
    for script in LABS:
        for _, command in read_page(script).questions:
            lab = re.fullmatch(r'make lab-(\d+)(?: ARGS="(.*)")?', command)
            if lab:
                (named,) = (own for own in LABS if read_page(own).number == int(lab[1]))
                found.append((named, (lab[2] or "").split()))
    return found


def run_commands(results: Path) -> int:
    """Runs every command of a page with --quick; returns their number, or raises where one has no page."""
    for script, flags in commands():
        run_lab(script, results, *flags, "--quick", "--seeds", "2")
        (results / folder_of(script) / "index.html").unlink()  # the next has to write its own
    return len(commands())


def effect(finding: dict) -> str:
    """Writes a finding's verdict, effect and power."""
    numbers = [finding["effect"], *finding["interval"]]
    low_high = "{:.3g} [{:.3g}, {:.3g}]".format(*numbers) if None not in numbers else "–"
    return f"{finding['verdict']}, {low_high} {finding['unit']}"


def literature(lab: str, finding: dict) -> str:
    """Writes a line of the table that has numbers of the literature beside ours."""
    ours = "{:.4g} [{:.4g}, {:.4g}]".format(finding["effect"], *finding["interval"])
    what = f"{finding['measured']}. {finding['note']}".replace("|", "∣")
    about = f"{finding['source']} | {what}"
    return (
        f"| {lab} | {about} | {finding['expected']:.4g} | {ours} {finding['unit']} | {finding['verdict']} |"
    )


def exercise_costs() -> list[str]:
    """Trains the course's optimizer exercise for an epoch; returns lines for the table of the literature."""
    lines = []
    for name, published in optimizer_exercise.PUBLISHED.items():
        cost = optimizer_exercise.train(optimizer_exercise.CONSTANT[name](), num_epochs=1)[0]
        verdict = "holds" if round(cost, 6) == published else "fails"
        what = f"cost of the optimizer exercise after an epoch, {name}"
        lines.append(f"| lab-11 | the course’s exercise | {what} | {published} | {cost:.6f} | {verdict} |")
    return lines


def run_all(results: Path) -> tuple[dict[str, dict], list[str], list[str]]:
    """Runs every lab from two sets of seeds.

    Returns:
        The comparison by lab, the promises of little power, and lines of a table: numbers of the literature
        beside ours.
    """
    rows, weak, beside = {}, [], []
    for script in LABS:
        run_lab(script, results / "first")
        run_lab(script, results / "second", "--first-seed", str(OTHER_SEEDS))
        ours, theirs = (findings_of(script, results / name) for name in ("first", "second"))
        name = folder_of(script)
        rows[name] = compare(ours, theirs)
        weak += [f"{name}: {f['measured']}" for f in ours if f["promised"] and (f["power"] or 0) < POWER]
        beside += [literature(name, f) for f in ours if f["expected"] is not None]
        print(name, {key: value for key, value in rows[name].items() if key != "differ"}, flush=True)
    return rows, weak, beside


def tables(rows: dict[str, dict], total: dict[str, int]) -> list[str]:
    """Makes the table of all labs, and that of the findings whose verdicts differ."""
    lines = [f"| lab | {' | '.join(total)} |", "|---" * (len(total) + 1) + "|"]
    for lab, row in {**rows, "all": total}.items():
        lines.append(f"| {lab} | " + " | ".join(str(row[name]) for name in total) + " |")
    lines += ["", "Where the two differ:", ""]
    lines += ["| lab | measured | first seeds | other seeds |", "|---|---|---|---|"]
    for lab, row in rows.items():
        for a, b in row["differ"]:
            claim = f"{a['measured']} ({a['side']} {a['threshold']:g})".replace("|", "∣")
            lines.append(f"| {lab} | {claim} | {effect(a)} | {effect(b)} |")
    return lines


def main() -> str:
    """Returns the section of the results."""
    rows, weak, beside = run_all(RESULTS)
    num_commands = run_commands(RESULTS / "quick")
    names = ("judged", "decided", "agree", "opposite", "checks", "failing")
    total = {name: sum(row[name] for row in rows.values()) for name in names}
    share = total["agree"] / total["decided"]
    is_reached = share >= TO_REACH and not total["opposite"]
    reached = f"To reach: {TO_REACH:.0%} and none: {'reached' if is_reached else 'missed'}."
    head = f"""\
Every lab with its own seeds, and with as many others, from {OTHER_SEEDS:,} on. Of the verdicts of the first
runs {share:.1%} came out again, {total["opposite"]} turned into the opposite.
{reached}

Promises whose power is below {POWER:.0%}: {"; ".join(weak) or "none"}.

Commands that the pages offer, run with --quick: {num_commands}, and each ended in a page.
"""
    table = ["", "Numbers of the literature or of theory beside ours, from the first runs:", ""]
    beside += exercise_costs()
    table += ["| lab | source | what | theirs | ours | verdict |", "|---|---|---|---|---|---|", *beside]
    return "\n".join([head, *tables(rows, total), *table])
