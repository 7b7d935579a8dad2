"""No failure and no kill spoils the last good page."""

import os

import pytest
from report_samples import files, write


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failure_leaves_the_last_page(tmp_path, error):
    write(tmp_path)
    before = files(tmp_path)
    with pytest.raises(type(error)):
        write(tmp_path, error=error)
    assert files(tmp_path) == before
    assert os.listdir(tmp_path) == ["lab-04"]


def test_settings_that_are_no_json_leave_the_last_page(tmp_path):
    write(tmp_path)
    before = files(tmp_path)
    with pytest.raises(TypeError, match="not JSON serializable"):
        write(tmp_path, settings={"object": object()})
    assert files(tmp_path) == before


@pytest.mark.parametrize("failing", [1, 2])
def test_a_rename_that_fails_leaves_the_last_page(tmp_path, monkeypatch, failing):
    write(tmp_path)
    before = files(tmp_path)
    rename, calls = os.rename, []

    def fail_once(source, target):
        calls.append((source, target))
        if len(calls) == failing:
            raise OSError("rename failed")
        rename(source, target)

    monkeypatch.setattr(os, "rename", fail_once)
    with pytest.raises(OSError, match="rename failed"):
        write(tmp_path, content="newer")
    assert files(tmp_path) == before
    assert os.listdir(tmp_path) == ["lab-04"]


@pytest.mark.parametrize("killed_after", ["writing", "first rename", "second rename"])
def test_a_killed_run_is_cleaned_up_by_the_next(tmp_path, killed_after):
    """A kill runs no handlers, so its state on disk is made by hand; the next run fails on purpose."""
    write(tmp_path, content="older")
    write(tmp_path / "elsewhere", content="newer")
    older, newer = files(tmp_path / "lab-04"), files(tmp_path / "elsewhere" / "lab-04")
    os.rename(tmp_path / "elsewhere" / "lab-04", tmp_path / ".lab-04.new")
    os.rmdir(tmp_path / "elsewhere")
    if killed_after != "writing":
        os.rename(tmp_path / "lab-04", tmp_path / ".lab-04.old")
    if killed_after == "second rename":
        os.rename(tmp_path / ".lab-04.new", tmp_path / "lab-04")
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path, error=OSError("disk full"))
    assert files(tmp_path / "lab-04") == (newer if killed_after == "second rename" else older)
    assert os.listdir(tmp_path) == ["lab-04"]


def test_a_new_page_replaces_the_whole_folder(tmp_path):
    write(tmp_path, content="older")
    (tmp_path / "lab-04" / "left-over.png").write_text("from an older version of the lab")
    write(tmp_path, content="newer")
    assert "left-over.png" not in os.listdir(tmp_path / "lab-04")
    assert (tmp_path / "lab-04" / "loss.png").read_text() == "newer .png"
    assert os.listdir(tmp_path) == ["lab-04"]
