"""to_frame and write_csv: what goes in comes out, to the last bit, and unequal columns are refused."""

import csv

import numpy as np
import pytest

from dlkeras.callbacks.tables import to_frame, write_csv

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
