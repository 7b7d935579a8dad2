"""What the benchmark of the search minimizes: functions of hyperparameters, asked for as in a model."""

from __future__ import annotations

import csv
import itertools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

TABLE = Path(__file__).resolve().parents[1] / "data" / "digits_trainings.csv"
HARTMANN_A = np.array(
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ]
)
HARTMANN_P = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)


@dataclass(frozen=True)
class Surface:
    """A function to minimize.

    Args:
        name: Its name.
        loss: From hyperparameters to the true loss.
        optimum: The least loss there is.
        trainings: Of a table of trainings, from values to the losses of its seeds.
    """

    name: str
    loss: Any
    optimum: float
    trainings: Any = None


def branin(hp) -> float:
    """Two hyperparameters, three equal minima."""
    x, y = hp.Float("x", -5.0, 10.0), hp.Float("y", 0.0, 15.0)
    bow = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return bow**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def hartmann(hp) -> float:
    """Six hyperparameters, six minima."""
    x = np.array([hp.Float(f"x{i}", 0.0, 1.0) for i in range(6)])
    return -float(np.array([1, 1.2, 3, 3.2]) @ np.exp(-(HARTMANN_A * (x - HARTMANN_P) ** 2).sum(axis=1)))


def rosenbrock(hp) -> float:
    """Four hyperparameters in a bent valley, on a logarithmic scale."""
    x = [hp.Float(f"x{i}", -2.0, 2.0) for i in range(4)]
    return math.log1p(sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in itertools.pairwise(x)))


def conditional(hp) -> float:
    """Three optimizers with hyperparameters of their own, two of which have conditions in turn."""
    rate = math.log10(hp.Float("rate", 1e-5, 1.0, sampling="log"))
    depth = hp.Int("depth", 1, 6)
    kind = hp.Choice("kind", ["sgd", "adam", "rmsprop"])
    with hp.conditional_scope("kind", ["sgd"]):
        nesterov = hp.Boolean("nesterov")
        momentum = hp.Float("momentum", 0.0, 0.99)
    with hp.conditional_scope("kind", ["adam"]):
        decays = hp.Choice("decays", ["no", "yes"])
        beta = hp.Float("beta", 0.5, 0.999)
        with hp.conditional_scope("decays", ["yes"]):
            decay = hp.Float("decay", 1e-5, 1e-1, sampling="log")
    with hp.conditional_scope("kind", ["rmsprop"]):
        rho = hp.Float("rho", 0.5, 0.99)
    loss = 0.05 * (depth - 4) ** 2 / 9
    if kind == "sgd":
        loss += 0.1 + 0.05 * (rate + 1) ** 2 + 0.5 * (momentum - 0.9) ** 2 + (0 if nesterov else 0.03)
    elif kind == "adam":
        loss += 0.08 * (rate + 2.5 + 0.1 * depth) ** 2 + 0.6 * (beta - 0.85) ** 2
        loss += 0.12 if decays == "no" else 0.02 * (math.log10(decay) + 3) ** 2
    else:
        loss += 0.15 + 0.07 * (rate + 3) ** 2 + 0.4 * (rho - 0.8) ** 2
    return min(loss, 1.0)


class Digits:
    """Accuracy of trainings on digits that were made before; each setting has a few seeds."""

    def __init__(self):
        with open(TABLE, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.names = [name for name in rows[0] if not name.startswith("accuracy")]
        self.losses = {
            tuple(row[name] for name in self.names): [
                1 - float(value) for name, value in row.items() if name.startswith("accuracy")
            ]
            for row in rows
        }
        self.values = {name: list(dict.fromkeys(row[name] for row in rows)) for name in self.names}

    def trainings(self, hp) -> list[float]:
        """Returns the errors of the seeds at a setting."""
        key = []
        for name in self.names:
            texts = self.values[name]
            if name in ("activation", "optimizer"):
                key.append(hp.Choice(name, texts))
            else:
                number = hp.Choice(name, [float(text) for text in texts])
                key.append(next(text for text in texts if float(text) == number))
        return self.losses[tuple(key)]

    def loss(self, hp) -> float:
        """Returns the mean error at a setting."""
        return float(np.mean(self.trainings(hp)))


def all_surfaces() -> list[Surface]:
    """Returns the surfaces."""
    digits = Digits()
    best = min(float(np.mean(losses)) for losses in digits.losses.values())
    return [
        Surface("Branin", branin, 0.39788735772973816),
        Surface("Hartmann-6", hartmann, -3.322368011391339),
        Surface("log-Rosenbrock-4", rosenbrock, 0.0),
        Surface("conditional", conditional, 0.0),
        Surface(f"digits, {len(digits.losses)} settings", digits.loss, best, digits.trainings),
    ]
