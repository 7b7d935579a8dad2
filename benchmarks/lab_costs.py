"""What a lab costs: minutes and memory of a quick run and of a full one, where nothing else runs.

The numbers go into labs/TEACHING.md too. The pages of the full runs stay in results/.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEACHING = ROOT / "labs" / "TEACHING.md"


def cost(script: Path, folder: str | Path, *flags: str) -> tuple[float, float]:
    """Returns the minutes that a run takes, and the GiB of memory at most."""
    command = [sys.executable, str(script), "--out", str(folder), *flags]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, **quiet)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{script.parent.name} must end well.")
    return (time.perf_counter() - start) / 60, used.ru_maxrss / 2**20


def tell_teachers(cells: dict[str, list[str]]) -> None:
    """Puts the costs into the last columns of the table of labs/TEACHING.md."""
    lines = TEACHING.read_text(encoding="utf-8").splitlines()
    for i, line in enumerate(lines):
        if found := re.match(r"\| \[\d+\]\((lab_\w+)/\)", line):
            kept = line.split("|")[1:4]
            lines[i] = f"|{'|'.join(kept)}| {' | '.join(cells[found[1]])} |"
    TEACHING.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> str:
    """Measures and returns the section."""
    lines = ["| lab | quick: minutes | GiB | full: minutes | GiB |", "|---|---|---|---|---|"]
    cells, minutes = {}, {"quick": 0.0, "full": 0.0}
    for script in sorted((ROOT / "labs").glob("lab_*/experiment.py")):
        with tempfile.TemporaryDirectory() as folder:
            quick = cost(script, folder, "--quick")
        full = cost(script, ROOT / "results")
        name = script.parent.name
        cells[name] = [f"{number:.1f}" for number in (*quick, *full)]
        minutes["quick"] += quick[0]
        minutes["full"] += full[0]
        lines.append(f"| {name} | {' | '.join(cells[name])} |")
        print(lines[-1], flush=True)
    tell_teachers(cells)
    return "\n".join(
        [*lines, "", f"All together: {minutes['quick']:.0f} minutes quick, {minutes['full']:.0f} in full."]
    )
