"""The two ways out of a recorder: a data frame and a CSV file."""

import csv
import os
from collections.abc import Mapping, Sequence

import numpy as np


def to_frame(columns: Mapping[str, Sequence]):
    """Put named columns into a data frame, or into a plain dict where pandas is not installed.

    Args:
        columns: Name -> values of shape (n,), the same n for every column.

    Returns:
        ``pandas.DataFrame`` with n rows; without pandas ``dict[str, numpy.ndarray]``, each of shape (n,).

    Raises:
        ValueError: If the columns differ in length.

    Example:
        ```python
        frame = to_frame({"step": [0, 1], "norm": [0.5, 0.25]})
        print(list(frame["norm"]))  # [0.5, 0.25]
        ```
    """
    _check_lengths(columns)
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    try:
        import pandas
    except ImportError:
        return arrays
    return pandas.DataFrame(arrays)


def write_csv(path: str | os.PathLike, columns: Mapping[str, Sequence]) -> None:
    """Write named columns as a CSV file with one header line.

    Args:
        path: The file to write; a file that is already there is replaced.
        columns: Name -> values of shape (n,), the same n for every column. Numbers are written with as many
            digits as reading them back needs.

    Raises:
        ValueError: If the columns differ in length.

    Example:
        ```python
        write_csv("norms.csv", {"step": [0, 1], "norm": [0.5, 0.25]})
        ```
    """
    _check_lengths(columns)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def _check_lengths(columns: Mapping[str, Sequence]) -> None:
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"`columns` must all have the same length. Received: lengths {lengths}")
