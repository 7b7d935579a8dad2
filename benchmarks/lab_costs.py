"""What a lab costs: time and memory of each, as a full and as a quick run.

The time of the processors is that of all cores together; divided by their number it is about what a run takes
on a machine that does nothing else. BENCH_QUICK=1 leaves the full runs out, which take an hour.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
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


def main() -> str:
    """Measures and returns the section."""
    kinds = {"quick": ["--quick"]} | ({} if ONLY_QUICK else {"full": []})
    head = " | ".join(f"{kind}: minutes of processors | GiB" for kind in kinds)
    lines = [f"| lab | {head} |", "|---" * (1 + 2 * len(kinds)) + "|"]
    for script in sorted((ROOT / "labs").glob("lab_*/experiment.py")):
        cells = ["{:.1f} | {:.1f}".format(*cost(script, *flags)) for flags in kinds.values()]
        lines.append(f"| {script.parent.name[4:].replace('_', ' ')} | {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)
