"""`make labs` runs what is missing or out of date, goes on after a failure, and writes the site."""

import json
import os

import pytest
from lab_samples import write_folder

from dlkeras import all_labs
from dlkeras.base.freshness import code_of, is_current

# Stands for a lab: it writes a line to a log, and the settings that `lab.write_page` writes.
SCRIPT = '''"""Why?"""
import json, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from dlkeras.base.freshness import code_of
number, out = {number}, Path(sys.argv[sys.argv.index("--out") + 1])
flags = [flag for flag in sys.argv[1:] if flag.startswith("--quick")]
with open(out.parent / "log", "a") as log:
    print(number, *flags, file=log)
if (out.parent / f"break-{{number}}").exists():
    sys.exit("It broke.")
folder = out / f"lab-{{number:02d}}"
folder.mkdir(parents=True, exist_ok=True)
about = {{"number": number, "slug": "why", "title": "Why?", "summary": "So.", "thumbnail": "a.png"}}
run = {{"flags": flags, "seconds": 3.0, "code": code_of(Path(__file__).parent)}}
(folder / "settings.json").write_text(json.dumps({{"page": about, "run": run}}))
(folder / "findings.json").write_text("[]")
'''


@pytest.fixture
def labs(tmp_path):
    folder = tmp_path / "labs"
    folder.mkdir()
    for number in (3, 4):
        script = write_folder(folder, name=f"lab_{number:02d}_why")
        script.write_text(SCRIPT.format(root=os.getcwd(), number=number), encoding="utf-8")
    return folder


def run(labs, *flags):
    """Runs all labs; gives the status and what was run."""
    log = labs.parent / "log"
    log.unlink(missing_ok=True)
    status = all_labs.main(list(flags), labs, labs.parent / "results")
    return status, sorted(log.read_text().splitlines()) if log.exists() else []  # quick ones go side by side


def test_what_is_missing_or_out_of_date_is_run(labs, capsys):
    assert run(labs) == (0, ["3", "4"])
    assert "2 of 2 labs to run (3, 4): about 4 minutes." in capsys.readouterr().err
    assert run(labs) == (0, [])
    assert "All 2 labs are up to date." in capsys.readouterr().err
    assert run(labs, "--quick") == (0, ["3 --quick", "4 --quick"])  # other settings
    (labs / "lab_04_why" / "findings.py").write_text("changed = True\n")
    (labs / "lab_04_why" / "README.md").write_text((labs / "lab_04_why" / "README.md").read_text() + "\n")
    assert run(labs, "--quick") == (0, ["4 --quick"])
    assert (labs.parent / "results" / "index.html").exists()


def test_quick_runs_go_two_at_a_time():
    assert all_labs._plan(18, dict.fromkeys(range(18), 20.0), at_once=2) == (
        "18 of 18 labs to run (" + ", ".join(map(str, range(18))) + "): about 3 minutes."
    )


def test_a_lab_that_fails_is_told_and_the_others_run(labs, capsys):
    (labs.parent / "break-3").touch()
    assert run(labs) == (1, ["3", "4"])
    told = capsys.readouterr().err
    assert "Lab 3 failed:\nIt broke." in told
    assert "Failed: lab 3." in told
    (labs.parent / "break-3").unlink()
    assert run(labs) == (0, ["3"])


def test_an_interruption_keeps_what_is_done(labs, monkeypatch, capsys):
    calls, real = [], all_labs.subprocess.run

    def interrupted(*arguments, **options):
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    monkeypatch.setattr(all_labs.subprocess, "run", interrupted)
    assert run(labs) == (130, ["3"])
    assert "Interrupted. The same command goes on with the rest." in capsys.readouterr().err
    assert run(labs) == (0, ["4"])


def test_a_page_is_current_while_its_code_and_flags_are(tmp_path):
    script = write_folder(tmp_path)
    kept = {"flags": ["--quick"], "code": code_of(script.parent)}
    assert "dlkeras/base/freshness.py" in kept["code"]["files"]
    assert {"dlkeras/templates/lab.html", "lab/README.md"} <= set(kept["code"]["files"])
    assert is_current(json.loads(json.dumps(kept)), ["--quick"], script.parent)
    assert not is_current(kept, [], script.parent)
    assert not is_current({}, [], script.parent)
    script.write_text(script.read_text() + "#")
    assert not is_current(kept, ["--quick"], script.parent)
