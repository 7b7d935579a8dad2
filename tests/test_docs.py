"""The programs on the pages of docs/ and in the README run, each page from its first block to its last."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"])
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras, in saving
    pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.src.engine.oracle"),
]


def blocks(page):
    return re.findall(
        r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )


def run(page, folder, monkeypatch):
    monkeypatch.chdir(folder)
    names = {"__name__": "__main__"}
    for number, block in enumerate(blocks(page)):
        exec(compile(block, f"{page.name}, block {number}", "exec"), names)
    return names


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.stem)
def test_every_program_runs(page, tmp_path, monkeypatch):
    assert run(page, tmp_path, monkeypatch)


def test_a_program_that_fails_is_seen(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError):
        run(page, tmp_path, monkeypatch)


def test_the_questions_are_ten_of_each_kind():
    page = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    watching, searching = re.split(r"^## Searching", page, flags=re.MULTILINE)
    assert all(len(re.findall(r"^### ", part, flags=re.MULTILINE)) >= 10 for part in (watching, searching))
