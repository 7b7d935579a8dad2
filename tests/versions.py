"""Runs the fast tests with the lowest and the newest versions that the project allows: `make test-versions`.

Each end has an environment of its own, `.venv-lowest` and `.venv-newest`. pytest's flags may follow.
"""

import subprocess
import sys
from pathlib import Path

from test_wheel import name_of, project

ROOT = Path(__file__).parent.parent


def requirements(end: str) -> list[str]:
    """Names what to install: what the project needs at this end, and the tools as they are pinned."""
    needed = project()["dependencies"]
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line.partition("#")[0].strip() for line in lines]
    names = {name_of(requirement) for requirement in needed}
    tools = [line for line in pinned if line and name_of(line) not in names]
    return [one.replace(">=", "==") if end == "lowest" else one for one in needed] + tools


def main() -> None:
    """Installs and tests both ends; stops at the first that fails."""
    for end in ("lowest", "newest"):
        folder = ROOT / f".venv-{end}"
        python = folder / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
        subprocess.run([*install, *requirements(end)], check=True)
        subprocess.run([*install, "--no-deps", "--editable", ROOT], check=True)
        listed = [name_of(requirement) for requirement in project()["dependencies"]]
        show = f"import importlib.metadata as m; print({end!r}, *[n + ' ' + m.version(n) for n in {listed}])"
        subprocess.run([python, "-c", show], check=True)
        tests = ["-m", "pytest", "-n", "auto", "--dist", "loadfile", "-m", "not slow", *sys.argv[1:]]
        subprocess.run([python, *tests], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
