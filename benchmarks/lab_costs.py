"""What a quick run of a lab costs: time of the processors, and memory.

The time is that of all cores together; divided by their number it is about what a run takes on a machine that
does nothing else. The numbers go into labs/TEACHING.md too.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEACHING = ROOT / "labs" / "TEACHING.md"


def cost(script: Path) -> tuple[float, float]:
    """Returns the minutes of all processors and the GiB of memory at most that a quick run takes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(script), "--out", folder, "--quick"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, **quiet)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{script.parent.name} must end well.")
    return (used.ru_utime + used.ru_stime) / 60, used.ru_maxrss / 2**20


def tell_teachers(costs: dict[str, tuple[float, float]]) -> None:
    """Puts minutes of processors and GiB into the table of labs/TEACHING.md."""
    lines = TEACHING.read_text(encoding="utf-8").splitlines()
    for i, line in enumerate(lines):
        if found := re.match(r"\| \[\d+\]\((lab_\w+)/\)", line):
            cells = line.split("|")[:-3]
            lines[i] = "|".join([*cells, *map(" {:.1f} ".format, costs[found[1]]), ""])
    TEACHING.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> str:
    """Measures and returns the section."""
    lines, costs = ["| lab | minutes of processors | GiB |", "|---|---|---|"], {}
    for script in sorted((ROOT / "labs").glob("lab_*/experiment.py")):
        costs[script.parent.name] = cost(script)
        lines.append("| {} | {:.1f} | {:.1f} |".format(script.parent.name, *costs[script.parent.name]))
        print(lines[-1], flush=True)
    tell_teachers(costs)
    return "\n".join(lines)
