"""What a lab costs: time and memory of each, as a quick and as a full run.

The time of the processors is that of all cores together; divided by their number it is about what a run takes
on a machine that does nothing else. Full runs take an hour, and go into labs/TEACHING.md;
BENCH_QUICK=1 leaves them out.
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
ONLY_QUICK = os.environ.get("BENCH_QUICK") == "1"


def cost(script: Path, *flags: str) -> tuple[float, float]:
    """Returns the minutes of all processors and the GiB of memory at most that a run takes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(script), "--out", folder, *flags]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, **quiet)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{script.parent.name} {' '.join(flags)} must end well.")
    return (used.ru_utime + used.ru_stime) / 60, used.ru_maxrss / 2**20


def tell_teachers(costs: dict[str, tuple[float, float]]) -> None:
    """Puts minutes of processors and GiB of full runs into the table of labs/TEACHING.md."""
    lines = TEACHING.read_text(encoding="utf-8").splitlines()
    for i, line in enumerate(lines):
        if found := re.match(r"\| \[\d+\]\((lab_\w+)/\)", line):
            cells = line.split("|")[:-3]
            lines[i] = "|".join([*cells, *map(" {:.1f} ".format, costs[found[1]]), ""])
    TEACHING.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> str:
    """Measures and returns the section."""
    kinds = {"quick": ["--quick"]} | ({} if ONLY_QUICK else {"full": []})
    head = " | ".join(f"{kind}: minutes of processors | GiB" for kind in kinds)
    lines, full = [f"| lab | {head} |", "|---" * (1 + 2 * len(kinds)) + "|"], {}
    for script in sorted((ROOT / "labs").glob("lab_*/experiment.py")):
        own = {kind: cost(script, *flags) for kind, flags in kinds.items()}
        cells = ["{:.1f} | {:.1f}".format(*pair) for pair in own.values()]
        lines.append(f"| {script.parent.name} | {' | '.join(cells)} |")
        print(lines[-1], flush=True)
        full[script.parent.name] = own.get("full")
    if not ONLY_QUICK:
        tell_teachers(full)
    return "\n".join(lines)
