"""Which exercises there are, and what a learner's file says before anything is written in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from dlkeras.learn.exercise import Exercise

LABS = Path("labs")


@dataclass(frozen=True)
class Entry:
    """An exercise in its place.

    Args:
        lab: Number of the lab.
        number: Number of the exercise in the lab, from 1.
        folder: The lab's folder.
        exercise: What is asked, and how it is checked.
    """

    lab: int
    number: int
    folder: Path
    exercise: Exercise

    @property
    def name(self) -> str:
        """Its name in all labs, such as "4.2 sigmoid_bound"."""
        return f"{self.lab}.{self.number} {self.exercise.name}"

    @property
    def path(self) -> Path:
        """The learner's file."""
        return self.folder / "exercises" / f"{self.number:02d}_{self.exercise.name}.py"

    @property
    def stub(self) -> str:
        """The learner's file as it is before anything is written."""
        exercise, body = self.exercise, self.exercise.body
        imports = {"np": "import numpy as np", "keras": "import keras", "tf": "import tensorflow as tf"}
        used = sorted(line for name, line in imports.items() if re.search(rf"\b{name}\.", body))
        used = sorted(used, key=lambda line: line.split()[1])
        place = f"Lab {self.lab}, exercise {self.number}"
        head = exercise.source[: exercise.source.index('"""', exercise.source.index('"""') + 3) + 3]
        lines = [
            f'"""{place}: `make lab-{self.lab}` shows it in "{exercise.figure}".',
            "",
            f"The lab is labs/{self.folder.name}.",
            f"`make learn-{self.lab}` checks this file each time that it is saved.",
            '"""',
            *(["", *used] if used else []),
            *["", "", head],
            "    raise NotImplementedError  # TODO: your lines in the place of this one",
        ]
        return "\n".join(lines) + "\n"


def entries(number: int, labs: Path = LABS) -> list[Entry]:
    """Returns the exercises of a lab, in their order; none where it has none."""
    module = f"dlkeras.learn.graders.lab_{number:02d}"
    folders = sorted(labs.glob(f"lab_{number:02d}_*"))
    if not folders or find_spec(module) is None:
        return []
    return [Entry(number, i, folders[0], own) for i, own in enumerate(import_module(module).EXERCISES, 1)]


def all_entries(labs: Path = LABS) -> list[Entry]:
    """Returns the exercises of all labs.

    Raises:
        FileNotFoundError: If there is no folder of labs.
    """
    if not labs.is_dir():
        raise FileNotFoundError(f"`labs` must be the folder of the labs. Received: labs={str(labs)!r}")
    numbers = sorted(int(folder.name.split("_")[1]) for folder in labs.glob("lab_*"))
    return [entry for number in numbers for entry in entries(number, labs)]


def exercises_of(folder: str | Path) -> list[tuple[Path, str]]:
    """Lists what a page links: the exercises of a lab, in their order.

    Args:
        folder: The lab's folder, `labs/lab_NN_some_name`.

    Returns:
        For each exercise the learner's file, and what it asks in a sentence.

    Example:
        >>> [path.name for path, _ in exercises_of("labs/lab_02_backpropagation")][0]
        '01_neuron.py'
    """
    folder = Path(folder)
    found = re.fullmatch(r"lab_(\d+)_\w+", folder.name)
    return (
        [(entry.path, entry.exercise.title) for entry in entries(int(found[1]), folder.parent)]
        if found
        else []
    )
