"""What is known of a training: plain numbers and words, which the rules read and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

# What a look measures of each layer.
STATISTICS = ("mean", "std", "between", "largest", "saturated", "dead")
DEAD, SATURATED = STATISTICS.index("dead"), STATISTICS.index("saturated")


@dataclass
class LayerFacts:
    """A layer as it was made: what it is, and how its weights begin."""

    name: str
    kind: str  # name of the class
    activation: str | None  # "linear" counts as one; None for layers that have none
    units: int  # of the last axis of its output
    size: int = 0  # numbers of its output for one sample; 0 where that is not fixed
    fan_in: int = 0  # inputs of a unit; 0 without kernel
    is_trainable: bool = True
    has_weights: bool = False
    kernel_std: float = np.nan
    kernel_mean: float = np.nan
    recurrent_std: float = np.nan
    penalty: float = 0.0  # factor of an L1 or L2 penalty
    rate: float = 0.0  # of a dropout
    inputs: list[int] = field(default_factory=list)  # numbers of the layers whose outputs it takes


@dataclass
class OutputFacts:
    """What stands between the last weights and the loss, for one output."""

    name: str
    layer: str  # the last one that has weights
    activations: list[str]  # from the last weights to the output, without linear ones
    shape: tuple[int | None, ...]
    loss: str  # "categorical_crossentropy" and the like, or the name of the user's own
    is_own_loss: bool
    from_logits: bool
    experiments: dict[str, float] = field(default_factory=dict)  # of an own loss


@dataclass
class ArrayFacts:
    """Numbers of an array of samples."""

    shape: tuple[int, ...]
    dtype: str
    num_nan: int
    num_infinite: int
    mean: float
    std: float
    low: float
    high: float
    is_whole: bool
    column_mean: np.ndarray  # by the last axes, flattened; at most 5000
    column_std: np.ndarray


@dataclass
class TargetFacts(ArrayFacts):
    """Numbers of the targets of one output."""

    kind: str = "real"  # or classes, one_hot, binary, signs, multilabel
    values: np.ndarray | None = None  # the different ones, where they are few
    counts: np.ndarray | None = None
    is_sorted: bool = False


@dataclass
class Look:
    """What a forward pass over the same samples showed, before training or after an epoch."""

    epoch: int  # finished ones
    loss: float  # of the data, first output
    penalty: float  # what layers add to it
    skill: float  # 0: as good as a constant prediction, 1: perfect
    accuracy: float  # NaN for regression
    same_rate: float  # share of the samples with the most frequent prediction; NaN for regression
    spread: float  # standard deviation of the predictions over samples, relative to that of the targets
    held_out_skill: float
    held_out_loss: float
    prediction_low: float
    prediction_high: float
    layers: np.ndarray  # (L, S): the columns of STATISTICS
    weight_norms: dict[str, float]  # by variable
    moved: dict[str, float]  # norm of the change since the look before, over that of the weights


@dataclass
class Failure:
    """The first tensor that was not finite."""

    kind: str  # input, target, activation, loss, gradient, weight
    step: int
    name: str  # of the layer or variable


@dataclass
class Evidence:
    """All that the rules know of one training."""

    layers: list[LayerFacts] = field(default_factory=list)
    outputs: list[OutputFacts] = field(default_factory=list)
    optimizer: dict[str, Any] = field(default_factory=dict)
    fit: dict[str, Any] = field(default_factory=dict)
    x: list[ArrayFacts] = field(default_factory=list)
    x_val: list[ArrayFacts] = field(default_factory=list)
    first_input: ArrayFacts | None = None  # of the first layer with a kernel
    y: list[TargetFacts] = field(default_factory=list)
    y_val: list[TargetFacts] = field(default_factory=list)
    ignorance: float = np.nan  # loss of the best constant prediction
    reference: float = np.nan  # skill that simple methods reach: see `reference.py`
    looks: list[Look] = field(default_factory=list)
    logs: list[dict[str, float]] = field(default_factory=list)  # by epoch
    steps: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    gradient_layers: list[str] = field(default_factory=list)
    gradients: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))  # (n, L) before clipping
    applied: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))  # (n, L) after clipping
    updates: list[tuple[int, dict[str, float]]] = field(default_factory=list)  # of single steps
    failure: Failure | None = None
    is_first_batch: bool = False  # whether one batch stands for the samples
    unseen: list[str] = field(default_factory=list)  # what could not be watched, in words
    error: str | None = None
