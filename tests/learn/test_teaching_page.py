"""The page for teachers: its length, the labs that it lists, and numbers that were measured."""

import re
from pathlib import Path

from dlkeras.learn.catalogue import all_entries

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "labs" / "TEACHING.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| \[(\d+)\]\((lab_\w+)/\) \| (.+) \| (\d+)" + 4 * r" \| ([\d.–]+)" + r" \|$", re.MULTILINE
)


def measured() -> dict[str, list[str]]:
    """Minutes and GiB of each lab, quick and in full, from the results of the benchmarks."""
    results = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    section = results.partition("<!-- lab_costs -->")[2].partition("<!-- ")[0]
    rows = re.findall(r"^\| (lab_\w+)" + 4 * r" \| (\S+)" + r" \|", section, re.MULTILINE)
    return {lab: numbers for lab, *numbers in rows}


def test_the_page_is_short():
    assert len(PAGE.splitlines()) <= 60


def test_every_lab_has_a_row_with_what_was_measured():
    rows = ROW.findall(PAGE)
    folders = sorted(path.parent.name for path in (ROOT / "labs").glob("lab_*/experiment.py"))
    assert [folder for _, folder, *_ in rows] == folders
    labs = [entry.lab for entry in all_entries(ROOT / "labs")]
    assert [(int(lab), int(count)) for lab, _, _, count, *_ in rows] == [
        (number, labs.count(number)) for number in range(1, len(rows) + 1)
    ]
    found = measured()
    assert [list(row[-4:]) for row in rows] == [found.get(folder, 4 * ["–"]) for folder in folders]


def test_the_readme_says_what_was_measured_at_most():
    most = [f"{max(map(float, column)):.1f}" for column in zip(*measured().values(), strict=True)]
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    said = "a quick run takes at most {} minutes and {} GiB, a full one {} minutes and {} GiB".format(*most)
    assert said in readme


def test_the_benchmark_fills_the_table(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import lab_costs

    monkeypatch.setattr(lab_costs, "TEACHING", tmp_path / "TEACHING.md")
    lab_costs.TEACHING.write_text(PAGE, encoding="utf-8")
    lab_costs.tell_teachers({folder: ["12.3", "0.6", "4", "5"] for _, folder, *_ in ROW.findall(PAGE)})
    filled = lab_costs.TEACHING.read_text(encoding="utf-8")
    assert {row[-4:] for row in ROW.findall(filled)} == {("12.3", "0.6", "4", "5")}
    blank = ROW.sub("", filled)
    assert blank == ROW.sub("", PAGE)
