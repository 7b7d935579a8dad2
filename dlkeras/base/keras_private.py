"""Every private name of Keras that dlkeras needs, behind a name of its own: no public one does the same.

`tests/test_keras_private.py` says which ones a new version has lost.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend.common import global_state
from keras.src.random import seed_generator
from keras.src.trainers import compile_utils
from keras.src.trainers.data_adapters import array_slicing
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter

AUGMENTING = keras.layers.RandomRotation.__base__  # the class of all layers that change images at random

# What `GradientNorms` wraps.
CLIP, UPDATE = "_clip_gradients", "_backend_update_step"


class OpenOptimizer(keras.optimizers.Optimizer):
    """An optimizer of Keras, open to what a subclass has to ask for and to change."""

    def update_all(self, update: Callable, learning_rate) -> None:
        """Moves all weights, by `update(learning_rate)`."""
        update(learning_rate)

    def index_of(self, variable) -> int:
        """Returns the place of a variable among the optimizer's averages."""
        return self._get_variable_index(variable)

    def is_overwritten(self, variable) -> bool:
        """Says whether Keras overwrites a variable by its gradient, as it does with scales of float8."""
        return self._overwrite_variable_with_gradient(variable)

    def add_beside(self, variable, value: tf.Variable, **options) -> keras.Variable:
        """Makes a variable of the optimizer, placed as the variable of the model."""
        with self._distribution_strategy.extended.colocate_vars_with(value):
            return self.add_variable(variable.shape, **options)

    def _backend_update_step(self, grads, trainable_variables, learning_rate):
        step = super()._backend_update_step
        self.update_all(lambda rate: step(grads, trainable_variables, rate), learning_rate)


class ForStackedWeights:
    """Mixed into an optimizer whose variables hold a weight of each replica.

    A subclass has `clip(gradients, as_keras)`, which returns clipped gradients (`as_keras(gradients)` clips
    whole tensors), and `decay(variables)`, for those that decay.
    """

    def _clip_gradients(self, gradients):
        return self.clip(gradients, super()._clip_gradients)

    def _apply_weight_decay(self, variables):
        self.decay([variable for variable in variables if self._use_weight_decay(variable.value)])


class _ForOneVariable:
    """Mixed into an optimizer of one variable, to work in a `keras.StatelessScope` as TensorFlow's do not."""

    def assign(self, variable, value):
        variable.assign(value)

    def assign_add(self, variable, value):
        variable.assign_add(value)

    def assign_sub(self, variable, value):
        variable.assign_sub(value)

    def _get_variable_index(self, variable):
        return 0


def for_one_variable(kind: type[keras.Optimizer]) -> type[keras.Optimizer]:
    """Makes a kind of optimizer whose `update_step` may be called in a `keras.StatelessScope`."""
    return type(kind.__name__, (_ForOneVariable, kind), {})


def place_of(optimizer: keras.Optimizer, variable) -> int:
    """Returns the place of a variable among the optimizer's averages."""
    return optimizer._get_variable_index(variable)


def states(single: keras.Optimizer, optimizer: keras.Optimizer, place: int) -> list[tuple]:
    """Pairs the averages of an optimizer of one variable with those that another has for one of many."""
    return [
        (own[0], getattr(optimizer, name)[place])
        for name, own in vars(single).items()
        if isinstance(own, list) and len(own) == 1 and isinstance(own[0], keras.Variable)
        if own is not single._trainable_variables and len(getattr(optimizer, name)) > place
    ]


def counters(single: keras.Optimizer, optimizer: keras.Optimizer) -> list[tuple]:
    """Pairs the numbers of an optimizer that count its steps with their values in another."""
    return [
        (own, getattr(optimizer, name).value)
        for name, own in vars(single).items()
        if isinstance(own, keras.Variable) and own.shape == () and name != "_learning_rate"
    ]


def inner_layers(layer: keras.Layer) -> list[keras.Layer]:
    """Returns the layers directly inside a layer or model of any kind; `model.layers` knows models alone."""
    return layer._flatten_layers(include_self=False, recursive=False)


def all_layers(model: keras.Layer) -> list[keras.Layer]:
    """Returns a model and all layers inside it, however deep."""
    return model._flatten_layers()


def has_mask(output: tf.Tensor) -> bool:
    """Says whether a layer gave a mask to its output."""
    return getattr(output, "_keras_mask", None) is not None


def with_logits(change: Callable[..., tf.Tensor], *given: tf.Tensor) -> tf.Tensor:
    """Changes tensors, and with them the logits that Keras' losses take in the place of probabilities.

    Args:
        change: What is to be done with them, such as a change of shape.
        *given: What layers gave.

    Returns:
        `change(*given)`, with logits where all of `given` have them.
    """
    changed = change(*given)
    logits = [getattr(tensor, "_keras_logits", None) for tensor in given]
    if all(own is not None for own in logits):
        changed._keras_logits = change(*logits)
    return changed


def key_of(optimizer: keras.Optimizer, variable):
    """Returns what tells a variable apart for an optimizer, also where Keras hands it the backend's own."""
    return optimizer._var_key(variable)


def count_of_batches(optimizer: keras.Optimizer) -> int:
    """Returns how many batches an optimizer has seen; `iterations` counts updates of several batches."""
    return int(optimizer._iterations.numpy())


def variables_of(optimizer: keras.Optimizer) -> list:
    """Returns the variables that an optimizer was built for."""
    return list(optimizer._trainable_variables)


def frozen_or_freed(model: keras.Model) -> list[str]:
    """Returns the names of layers whose `trainable` is not what it was at `compile`."""
    before = getattr(model, "_compiled_trainable_state", {})
    return [layer.name for layer, trainable in before.items() if layer.trainable != trainable]


def rate_of(optimizer: keras.Optimizer):
    """Returns the learning rate as it was set: variable, schedule or function; `learning_rate` calls it."""
    return optimizer._learning_rate


def set_rate(optimizer: keras.Optimizer, rate) -> None:
    """Sets a schedule that is not to be saved with the optimizer, or a number for each replica."""
    if isinstance(optimizer._learning_rate, keras.Variable):
        optimizer._untrack_variable(optimizer._learning_rate)
    if isinstance(rate, np.ndarray):
        options = {"dtype": keras.config.floatx(), "trainable": False, "name": "learning_rate"}
        rate = keras.Variable(rate, **options)
    optimizer._learning_rate = rate


def excluded_from_decay(optimizer: keras.Optimizer) -> tuple:
    """Returns what `exclude_from_weight_decay` made: keys of variables, and a pattern of names."""
    names = ("_exclude_from_weight_decay", "_exclude_from_weight_decay_pattern")
    return tuple(getattr(optimizer, name, None) for name in names)


def loss_of(loss, y, y_pred) -> keras.losses.Loss:
    """Makes the loss that `compile` would, which picks what "crossentropy" means by the shapes."""
    return compile_utils.get_loss(loss, y, y_pred)


def options_of_loss(loss: keras.losses.Loss) -> dict:
    """Returns what the function of a loss is called with, such as `from_logits`; empty where it has none."""
    return dict(getattr(loss, "_fn_kwargs", {}))


def metric_of(metric, y, y_pred) -> keras.Metric:
    """Makes the metric that `compile` would, which picks what "accuracy" means by the shapes."""
    return compile_utils.get_metric(metric, y, y_pred)


def direction_of(metric: keras.Metric | None) -> str | None:
    """Returns "up" or "down", whichever values of a metric are better; None where Keras does not know."""
    return getattr(metric, "_direction", None)


def values_by_sample(metric: keras.metrics.MeanMetricWrapper, y, y_pred):
    """Computes what a metric takes the mean of, a number for each sample."""
    return metric._fn(y, y_pred, **metric._fn_kwargs)


def loss_of_batch(model: keras.Model, x, y, y_pred, sample_weight, training: bool):
    """Computes what `fit` minimizes; older `compute_loss` of users take no `training`, which this sees to."""
    return model._compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=training)


def compiled_losses(model: keras.Model) -> list[tuple[keras.losses.Loss, float | None]]:
    """Returns the losses that a model was compiled with, as made when one was first computed, and weights."""
    made = () if model._compile_loss is None else model._compile_loss._flat_losses
    return [(each.loss, each.loss_weights) for each in made]


def precisions(model: keras.Model, dtype: str) -> Iterator[tuple[object, str, object]]:
    """Yields owner, attribute and new value of what makes layers, variables and losses compute in `dtype`."""
    policy = keras.dtype_policies.DTypePolicy(dtype)
    of_dtype = [variable for variable in model.variables if is_float(variable)]
    for layer in all_layers(model):
        # Augmentation of images stands before all weights, and some of it computes in float32 alone.
        if keras.backend.is_float_dtype(layer.compute_dtype) and not isinstance(layer, AUGMENTING):
            yield layer, "_dtype_policy", policy
        # What a call records of activity losses goes to records of its own.
        yield layer, "_losses", []
        yield layer, "_loss_ids", set()
        # A model casts its inputs to what they were when it was made, also inside another model.
        for each in (layer, *keras.tree.flatten(getattr(layer, "inputs", None))):
            if isinstance(each, keras.layers.InputLayer | keras.KerasTensor) and is_float(each):
                of_dtype.append(each)
    compiled = model._compile_loss
    if compiled is not None:
        # The same made anew, as it keeps metrics, and losses that it made of names in the old precision.
        given, weights = compiled._user_loss, compiled._user_loss_weights
        yield model, "_compile_loss", type(compiled)(given, weights, output_names=compiled.output_names)
        of_dtype += [each for each in keras.tree.flatten(given) if isinstance(each, keras.losses.Loss)]
    for each in {id(each): each for each in of_dtype}.values():
        yield each, "_dtype", dtype


def is_float(each) -> bool:
    """Says whether a variable or tensor is of a floating-point type."""
    return keras.backend.is_float_dtype(each.dtype)


class OpenArrays(ArrayDataAdapter):
    """The arrays of a `fit`, checked and weighted as Keras does it, open to an order of one's own."""

    def tensors(self):
        """Returns inputs, targets and weights, as tensors of the types that `fit` makes of them."""
        inputs = array_slicing.convert_to_sliceable(self._inputs, target_backend="tensorflow")
        return keras.tree.map_structure(tf.convert_to_tensor, keras.tree.lists_to_tuples(inputs))


def fit_in_progress(model: keras.Model) -> dict[str, object]:
    """Returns the arguments of the `fit` of a model that is running, which tells callbacks nothing of them.

    `x`, `y` and `sample_weight` are without, `validation_data` with, what `validation_split` holds out; empty
    where no `fit` of Keras runs.
    """
    frame = inspect.currentframe()
    while frame is not None:
        given = frame.f_locals
        if frame.f_code is _CODE_OF_FIT and given.get("self") is model:
            return {
                name: given[name] for name in inspect.signature(keras.Model.fit).parameters if name in given
            }
        frame = frame.f_back
    return {}


_CODE_OF_FIT = inspect.unwrap(keras.Model.fit).__code__


def held_out(arrays: tuple, share: float) -> tuple[tuple, tuple]:
    """Splits arrays into what `fit` trains on, and what it holds out with `validation_split`."""
    return array_slicing.train_validation_split(arrays, validation_split=share)


def random_state() -> np.ndarray | None:
    """Returns the state of the generator that Keras draws from where it is given no seed; None if unused."""
    generator = global_state.get_global_attribute(seed_generator.GLOBAL_SEED_GENERATOR)
    return None if generator is None else keras.ops.convert_to_numpy(generator.state)


def set_random_state(state: np.ndarray | None) -> None:
    """Puts the generator that Keras draws from back to where it was."""
    if state is not None:
        seed_generator.global_seed_generator().state.assign(state)
