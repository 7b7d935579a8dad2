"""`dlkeras COMMAND` from a shell: what it lists, what it runs, and what it says to a wrong word."""

import re
from pathlib import Path

import pytest

import dlkeras
from dlkeras.__main__ import MODULES, main
from dlkeras.page import find_labs, question_of

ROOT = Path(__file__).parent.parent
NUMBERS = sorted(int(path.name.split("_")[1]) for path in (ROOT / "labs").glob("lab_*"))


@pytest.fixture(autouse=True)
def in_the_clone(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_it_says_its_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"dlkeras {dlkeras.__version__}\n"


def test_it_lists_the_labs_with_their_questions(capsys):
    assert main(["labs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [int(line.split()[0]) for line in lines] == NUMBERS
    for line, script in zip(lines, find_labs().values(), strict=True):
        title = script.with_name("README.md").read_text().splitlines()[0].removeprefix("# ")
        assert line.split(maxsplit=1)[1] == title == question_of(script)


def test_flags_go_to_the_lab_and_its_status_comes_back(capfd):
    assert main(["labs", "run", "4", "--help"]) == 0
    assert "--quick" in capfd.readouterr().out
    assert main(["labs", "run", "4", "--no-such-flag"]) == 2
    assert "unrecognized arguments: --no-such-flag" in capfd.readouterr().err


@pytest.mark.parametrize("words", [["run"], ["run", "99"], ["run", "four"], ["4"]])
def test_a_lab_that_is_not_there_is_told_with_those_that_are(capsys, words):
    assert main(["labs", *words]) == 2
    error = capsys.readouterr().err
    assert error.startswith("`dlkeras labs run N` runs lab N. There are:\n   1 ")
    assert len(error.splitlines()) == 1 + len(NUMBERS)


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["run", "all", "-h"]])
def test_help_on_labs_runs_none(capsys, words):
    assert main(["labs", *words]) == 0
    assert capsys.readouterr().out.startswith("The commands of dlkeras: ")


def test_without_a_clone_there_are_no_labs(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(["labs"]) == 2
    assert capsys.readouterr().err == f"There are no labs in {tmp_path}: they need a clone of dlkeras.\n"


def test_a_wrong_command_is_told_with_those_that_are(capsys):
    assert main(["lab"]) == 2
    known = ", ".join(["labs", *MODULES])
    assert capsys.readouterr().err == f"There is no command lab. There are: {known}.\n"


def test_help_names_every_command(capsys):
    assert main([]) == 0
    text = capsys.readouterr().out
    assert {"labs", *MODULES} == set(re.findall(r"^  dlkeras ([\w-]+)", text, flags=re.MULTILINE))


@pytest.mark.parametrize("command", sorted(MODULES))
def test_every_command_has_a_help(capsys, command):
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("usage: ")
