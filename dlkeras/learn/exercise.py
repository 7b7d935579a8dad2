"""What an exercise is made of, and the random inputs that it is tried on."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

SIZES = tuple(range(1, 13))  # of the inputs that a function is tried on, the smallest first
KERAS_SIZES = (1, 3, 6)  # where each takes a hundred times as long


class Draw:
    """Random inputs of a size: the same for the same seed and size.

    Args:
        size: 1 or more; at 1 every dimension is 1.
        seed: Seed of the draws.
    """

    def __init__(self, size: int, seed: int = 0) -> None:
        self.size, self.seed = size, seed
        self.rng = np.random.default_rng([seed, size])

    @property
    def extreme(self) -> bool:
        """Whether it is the turn of values that overflow or saturate: every third of the larger sizes."""
        return self.size > 3 and self.size % 3 == 0

    def generator(self) -> np.random.Generator:
        """A generator for the draws of the learner's function."""
        return np.random.default_rng([self.seed, self.size, 1])

    def dim(self) -> int:
        """A dimension, from 1 to the size."""
        return int(self.rng.integers(1, self.size + 1))

    def number(self, low: float, high: float) -> float:
        """A number between two, of two digits."""
        return float(_short(self.rng.uniform(low, high)))

    def normal(self, *shape: int, scale: float = 1.0) -> np.ndarray:
        """Normally distributed numbers, of two digits where they are few enough to be read."""
        values = self.rng.normal(0, scale, shape)
        return _short(values) if values.size < 500 else values

    def one_hot(self, classes: int, samples: int) -> np.ndarray:
        """A class for each sample, (classes, samples)."""
        return np.eye(classes)[:, self.rng.integers(0, classes, samples)]


def _short(values):
    return np.vectorize(lambda value: float(f"{value:.2g}"), otypes=[float])(values)


def call(function: Callable, *args: Any) -> Any:
    """Calls it: what is compared with the oracle, unless an exercise observes something else."""
    return function(*args)


@dataclass(frozen=True, eq=False)  # one is only itself
class Exercise:
    """A task, how its answer is checked, and what helps.

    Args:
        solution: Our solution. Its name is the exercise's, its docstring the task: a sentence, an indented
            equation, arguments and results with their shapes.
        inputs: From a `Draw` to the arguments.
        expected: The oracle: from the arguments to what must come out, computed in another way.
        figure: Name of the lab's figure that this code is behind.
        hints: One at a time, the last one nearly the answer.
        mistakes: What learners do, by a sentence that names it: a piece of the solution's text, and what they
            write in its place.
        observe: From the learner's function and the arguments to what is compared, where that is not the
            result of the call: statistics of random numbers, what a model computes.
        tolerance: Relative, of each number; wide enough for float32.

    Example:
        ```python
        def double(x):
            \"\"\"Doubles a number.

                y = 2 x
            \"\"\"
            return 2 * x

        Exercise(double, lambda draw: (draw.number(-1, 1),), lambda x: x + x, "error", ("Add x to x.",),
                 {"This is the square.": ("2 * x", "x**2")})
        ```
    """

    solution: Callable
    inputs: Callable[[Draw], tuple]
    expected: Callable
    figure: str
    hints: Sequence[str]
    mistakes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    observe: Callable = call
    tolerance: float = 1e-4

    @property
    def name(self) -> str:
        """Name of the function and of the file."""
        return self.solution.__name__

    @property
    def task(self) -> str:
        """The whole task."""
        return inspect.getdoc(self.solution)

    @property
    def title(self) -> str:
        """Its first sentence."""
        return self.task.splitlines()[0]

    @property
    def equation(self) -> str:
        """What must hold: the first indented lines of the task."""
        found = re.search(r"\n\n((?:    .+\n?)+)", self.task + "\n")
        return inspect.cleandoc(found[1]) if found else ""

    @property
    def source(self) -> str:
        """The text of our solution."""
        return inspect.getsource(self.solution)

    @property
    def body(self) -> str:
        """The lines of our solution behind the task."""
        return self.source.split('"""', 2)[2].strip("\n")

    @property
    def sizes(self) -> Sequence[int]:
        """Sizes of the inputs that it is tried on."""
        return KERAS_SIZES if self.needs_keras else SIZES

    @property
    def needs_keras(self) -> bool:
        """Whether it takes a process that has imported Keras."""
        return bool(re.search(r"\b(keras|tf)\.", self.body))
