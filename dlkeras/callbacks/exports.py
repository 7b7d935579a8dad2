"""The ways out of a recorder: a data frame, a CSV file, and events for TensorBoard."""

from __future__ import annotations

import csv
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

if TYPE_CHECKING:
    import pandas

Columns = dict[str, np.ndarray]


def to_frame(columns: Mapping[str, Sequence]) -> pandas.DataFrame | Columns:
    """Puts columns (n,) by name into a `pandas.DataFrame`, or into a dict where pandas is not installed."""
    _check_lengths(columns)
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    try:
        import pandas
    except ImportError:
        return arrays
    return pandas.DataFrame(arrays)


def write_csv(path: str | os.PathLike, columns: Mapping[str, Sequence]) -> None:
    """Writes columns (n,) by name as a CSV file with a header, in as many digits as reading back needs."""
    _check_lengths(columns)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def _check_lengths(columns: Mapping[str, Sequence]) -> None:
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"`columns` must all have the same length. Received: lengths {lengths}")


class EventLog:
    """An event file of scalars and histograms that TensorBoard reads, one event for each step.

    `tf.summary.scalar` takes a third of a millisecond for each number; this takes a few microseconds.
    """

    def __init__(self, folder: str | os.PathLike):
        os.makedirs(folder, exist_ok=True)
        name = f"events.out.tfevents.{time.time():.0f}.dlkeras.{uuid.uuid4().hex[:8]}"
        self._writer = tf.io.TFRecordWriter(os.path.join(folder, name))
        self._write(file_version="brain.Event:2")

    def write(self, steps: np.ndarray, series: Mapping[str, np.ndarray]) -> None:
        """Appends series (n,) by tag at steps (n,), and flushes the file."""
        value = tf.compat.v1.Summary.Value
        for step, *numbers in zip(steps, *series.values(), strict=True):
            values = [value(tag=tag, simple_value=x) for tag, x in zip(series, numbers, strict=True)]
            self._write(step=int(step), summary=tf.compat.v1.Summary(value=values))
        self._writer.flush()

    def write_histograms(
        self, steps: np.ndarray, counts: Mapping[str, np.ndarray], edges: np.ndarray
    ) -> None:
        """Appends counts (n, B) by tag at steps (n,), in bins between B - 1 edges, and flushes the file."""
        limits = np.append(edges, np.finfo(np.float64).max).astype(np.float64)
        inside = np.concatenate([edges[:1], (edges[1:] + edges[:-1]) / 2, edges[-1:]]).astype(np.float64)
        value, proto = tf.compat.v1.Summary.Value, tf.compat.v1.HistogramProto
        for row, step in enumerate(steps):
            values = []
            for tag, table in counts.items():
                full = np.flatnonzero(table[row])
                if full.size:
                    low, high = (
                        max(full[0] - 1, 0),
                        full[-1],
                    )  # from the empty bin before, as TensorBoard does
                    own = table[row].astype(np.float64)
                    histogram = proto(
                        min=inside[full[0]],
                        max=inside[high],
                        num=own.sum(),
                        sum=own @ inside,
                        sum_squares=own @ inside**2,
                        bucket_limit=limits[low : high + 1],
                        bucket=own[low : high + 1],
                    )
                    values.append(value(tag=tag, histo=histogram))
            self._write(step=int(step), summary=tf.compat.v1.Summary(value=values))
        self._writer.flush()

    def close(self) -> None:
        """Closes the file."""
        self._writer.close()

    def _write(self, **fields) -> None:
        self._writer.write(tf.compat.v1.Event(wall_time=time.time(), **fields).SerializeToString())
