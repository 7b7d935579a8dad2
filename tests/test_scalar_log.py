"""The event file, read back with TensorFlow's own reader."""

import numpy as np
import tensorflow as tf

from dlkeras.callbacks.scalar_log import ScalarLog


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
