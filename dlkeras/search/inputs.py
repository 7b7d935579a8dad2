"""What the search command is given: a model in a file, and data."""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlkeras import data

HELD_OUT = 0.2  # of the training samples, where no others are given to validate on


@dataclass(frozen=True, eq=False)
class Split:
    """Samples to train on and to validate on.

    Args:
        x_train: Inputs, (n, ...).
        y_train: Labels or targets, (n, ...).
        x_val: Inputs, (m, ...).
        y_val: Labels or targets, (m, ...).
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_val: np.ndarray
    y_val: np.ndarray

    @property
    def has_classes(self) -> bool:
        """Whether the targets are labels: whole numbers."""
        return np.issubdtype(self.y_train.dtype, np.integer)


def load_model(model: str) -> Callable:
    """Takes a hypermodel out of a file.

    The file's folder can be imported from, as if the file was run.

    Args:
        model: "path/to/file.py:build_model". A class is called without arguments, for its object.

    Returns:
        What has that name.

    Raises:
        ValueError: If the form is another, there is no such file or name, or it cannot build models.

    Example:
        ```python
        build_model = load_model("labs/lab_14_hyperparameter_search/model.py:build_model")
        ```
    """
    file, _, name = model.rpartition(":")
    path = Path(file)
    if not file or not name.isidentifier():
        raise ValueError(f"MODEL must have the form path/to/file.py:build_model. Received: {model}")
    if path.suffix != ".py" or not path.is_file():
        raise ValueError(f"MODEL must name a Python file that is there. Received: {model}")
    found = getattr(_module(path), name, None)
    if isinstance(found, type):
        found = found()
    if found is None or not callable(getattr(found, "build", found)):
        raise ValueError(f"MODEL must name a function, or a HyperModel, that is in {path}. Received: {name}")
    return found


def load_data(source: str, seed: int) -> Split:
    """Loads what to train on and what to validate on.

    Args:
        source: A name that `dlkeras.data.load` knows, or the path of an .npz file with `x_train` and
            `y_train`, and `x_val` and `y_val` if there are any.
        seed: Of the samples that are held out where there are none to validate on, in [0, 2**32).

    Returns:
        The arrays. The test samples of a data set are not used.

    Raises:
        ValueError: If it is neither, the file has other arrays, or their lengths differ.

    Example:
        >>> load_data("digits", seed=0).x_val.shape
        (269, 64)
    """
    if source.endswith(".npz"):
        arrays = _read(Path(source))
    elif source in data.NAMES:
        loaded = data.load(source)
        arrays = {"x_train": loaded.x_train, "y_train": loaded.y_train}
    else:
        raise ValueError(f"DATA must be an .npz file or one of: {', '.join(data.NAMES)}. Received: {source}")
    if "x_val" not in arrays:
        arrays = _held_out(arrays["x_train"], arrays["y_train"], seed)
    return Split(**arrays)


def _module(path: Path) -> Any:
    name = path.stem
    if name in sys.modules and getattr(sys.modules[name], "__file__", None) != str(path.resolve()):
        raise ValueError(f"MODEL must be in a file whose name no other module has. Received: {path.name}")
    if str(path.resolve().parent) not in sys.path:
        sys.path.insert(0, str(path.resolve().parent))
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # before it runs, as an import does
    spec.loader.exec_module(module)
    return module


def _read(path: Path) -> dict[str, np.ndarray]:
    if not path.is_file():
        raise ValueError(f"DATA must be a file that is there. Received: {path}")
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"DATA must be an .npz file of arrays of numbers. Received: {path} ({error})"
        ) from error
    allowed = ({"x_train", "y_train"}, {"x_train", "y_train", "x_val", "y_val"})
    if set(arrays) not in allowed:
        found = ", ".join(sorted(arrays)) or "no arrays"
        raise ValueError(
            f"DATA must hold x_train and y_train, and x_val and y_val or neither. Received: {found}"
        )
    for part in ("train", "val"):
        lengths = [len(arrays[name]) for name in (f"x_{part}", f"y_{part}") if name in arrays]
        if len(set(lengths)) > 1:
            raise ValueError(
                f"DATA must have as many x_{part} as y_{part}. Received: {lengths[0]} and {lengths[1]}"
            )
    return arrays


def _held_out(x: np.ndarray, y: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Holds out a part at random: a file may be sorted by class."""
    order = np.random.default_rng(seed).permutation(len(x))
    num_val = round(HELD_OUT * len(x))
    if not 0 < num_val < len(x):
        raise ValueError(f"DATA must have samples to train on and to hold out. Received: {len(x)} samples")
    val, train = order[:num_val], order[num_val:]
    return {"x_train": x[train], "y_train": y[train], "x_val": x[val], "y_val": y[val]}
