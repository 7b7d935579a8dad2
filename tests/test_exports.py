"""The ways out of a recorder: what goes in comes out, to the last bit, and unequal columns are refused."""

import csv

import numpy as np
import pytest
import tensorflow as tf

from dlkeras.callbacks.exports import ScalarLog, to_frame, write_csv

COLUMNS = {
    "step": np.arange(3),
    "norm": np.array([0.1, np.nan, 1e-30], np.float32),
    "layer": ["a", 'b, "quoted"', "c"],
}


def test_csv_reads_back_to_the_same_bits(tmp_path):
    write_csv(tmp_path / "table.csv", COLUMNS)
    with open(tmp_path / "table.csv", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["step", "norm", "layer"]
    steps, norms, names = zip(*rows, strict=True)
    assert [int(step) for step in steps] == [0, 1, 2]
    np.testing.assert_array_equal(np.float32(norms), COLUMNS["norm"])
    assert list(names) == COLUMNS["layer"]


def test_frame_keeps_names_and_types():
    frame = to_frame(COLUMNS)
    assert list(frame) == ["step", "norm", "layer"]
    assert frame["norm"].dtype == np.float32
    np.testing.assert_array_equal(frame["norm"], COLUMNS["norm"])


@pytest.mark.parametrize("write", [to_frame, lambda columns: write_csv("never_written.csv", columns)])
def test_unequal_columns_are_refused(write):
    with pytest.raises(ValueError, match="columns") as raised:
        write({"a": [1, 2], "b": [1]})
    expected = "`columns` must all have the same length. Received: lengths {'a': 2, 'b': 1}"
    assert str(raised.value) == expected


def read(folder):
    (path,) = folder.glob("events.out.tfevents.*")
    events = [tf.compat.v1.Event.FromString(e.numpy()) for e in tf.data.TFRecordDataset(str(path))]
    assert events[0].file_version == "brain.Event:2"
    return [(e.step, v.tag, v.simple_value) for e in events[1:] for v in e.summary.value]


def test_what_is_written_is_read_back(tmp_path):
    log = ScalarLog(tmp_path / "new" / "folder")
    log.write(np.array([0, 7]), {"a/b": np.array([0.1, np.inf], "float32"), "c": np.array([2.0, 3.0])})
    log.write(np.array([8]), {"a/b": np.array([1e-30], "float32"), "c": np.array([-1.0])})
    expected = [
        (0, "a/b", 0.1),
        (0, "c", 2.0),
        (7, "a/b", np.inf),
        (7, "c", 3.0),
        (8, "a/b", 1e-30),
        (8, "c", -1.0),
    ]
    found = read(tmp_path / "new" / "folder")  # before it is closed
    log.close()
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    np.testing.assert_array_equal(
        np.float32([row[2] for row in found]), np.float32([row[2] for row in expected])
    )


def test_two_logs_may_share_a_folder(tmp_path):
    logs = [ScalarLog(tmp_path), ScalarLog(tmp_path)]
    for log in logs:
        log.close()
    assert len(list(tmp_path.iterdir())) == 2
