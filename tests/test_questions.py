"""The answers in docs/questions.md are programs, and all of them run, one after the other."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "questions.md"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras, in saving
    pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.src.engine.oracle"),
]


def blocks():
    return re.findall(
        r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )


def test_every_answer_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    for number, block in enumerate(blocks()):
        exec(compile(block, f"{PAGE.name}, block {number}", "exec"), names)
    assert len(names["tuner"].oracle.trials) == 2
    assert names["norms"].by_trial
    assert names["stop"].stopped_epoch


def test_there_are_ten_of_each_kind():
    watching, searching = re.split(r"^## Searching", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert all(len(re.findall(r"^### ", part, flags=re.MULTILINE)) >= 10 for part in (watching, searching))
