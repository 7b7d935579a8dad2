"""What counts as the same verdict again, and the commands that pages offer."""

import importlib
import sys

import pytest
from quick_runs import LABS, ROOT

from dlkeras.page import read_page

sys.path.insert(0, str(ROOT / "benchmarks"))
replication = importlib.import_module("replication")


def finding(verdict):
    return {"verdict": verdict, "measured": "m"}


def test_verdicts_that_agree_and_that_do_not():
    first = ["supported", "supported", "contradicted", "undecided", "supported", "holds", "holds"]
    second = ["supported", "undecided", "supported", "supported", "not measurable", "holds", "fails"]
    found = replication.compare([finding(v) for v in first], [finding(v) for v in second])
    differ = [(a["verdict"], b["verdict"]) for a, b in found.pop("differ")]
    expected = {"judged": 5, "decided": 4, "agree": 1, "opposite": 1, "checks": 2, "failing": 1}
    assert found == expected
    assert differ == [
        ("supported", "undecided"),
        ("contradicted", "supported"),
        ("undecided", "supported"),
        ("supported", "not measurable"),
    ]


def test_runs_with_other_findings_are_not_compared():
    with pytest.raises(ValueError, match="shorter"):
        replication.compare([finding("supported")] * 2, [finding("supported")])


@pytest.mark.parametrize("script", LABS, ids=lambda path: path.parent.name)
def test_commands_of_a_page_are_this_projects(script):
    """That each ends in a page is seen by `make replicate`, which takes long."""
    makefile = (ROOT / "Makefile").read_text()
    for _, command in read_page(script).questions:
        make, target = command.split()[:2]
        assert make == "make"
        assert f"\n{target.split('-')[0]}" in makefile
    offered = [flags for lab, flags in replication.commands() if lab == script]
    names = {flag for flags in offered for flag in flags if flag.startswith("--")}
    assert names <= {"--quick", "--seeds", "--first-seed", "--dataset", "--epochs", "--check", "--open"}
