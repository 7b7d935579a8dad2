"""Keras optimizers for stacked weights, with the norms and learning rates of each replica its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.base import keras_private
from dlkeras.optimizers import Adam, GradientDescent, Momentum, RMSprop
from dlkeras.population.embeddings import SlicedUpdate, Slices

_O = keras.optimizers
# They update every number by itself, so that a replica never feels another one.
ELEMENTWISE = (
    *(_O.SGD, _O.RMSprop, _O.Adagrad, _O.Adadelta, _O.Adam, _O.AdamW),
    *(_O.Adamax, _O.Nadam, _O.Lion, _O.Ftrl),
    *(GradientDescent, Momentum, RMSprop, Adam),
)


# What can differ by replica besides the learning rate, and the weight decay of all optimizers.
_OF_ADAM = ("beta_1", "beta_2")
VARIED = {_O.Adam: _OF_ADAM, _O.AdamW: _OF_ADAM, Momentum: ("momentum",)}


class _PerReplica(keras_private.ForStackedWeights):
    """Mixed into an elementwise optimizer: whatever looks at a whole tensor looks at a replica's slice."""

    _own = None
    _slices, _sliced = None, {}
    dense_gradients = False

    def vary(self, **settings: Sequence[float]) -> None:
        """Gives each replica settings of its own: for a sweep in one go, as learning rates do.

        Call it before the first `fit`; later, the same settings can be given other values without compiling
        again. Learning rates are changed by `population.optimizer.learning_rate = rates`.

        Args:
            **settings: Name -> a number at least 0 for each replica, (R,): "weight_decay", for Keras' Adam
                and AdamW also "beta_1" and "beta_2", for our Momentum "momentum".

        Raises:
            ValueError: If a name is another, numbers do not fit, or a name is new after the first `fit`.

        Example:
            ```python
            population = Population(build, seeds=[0, 0, 0])
            population.compile(keras.optimizers.Adam(), loss)
            population.optimizer.vary(beta_1=[0.9, 0.99, 0.999])
            ```
        """
        self._own = self._own or {}
        for name, numbers in settings.items():
            numbers = np.asarray(numbers, dtype=keras.config.floatx())
            self._check_varied(name, numbers)
            if name not in self._own:
                self._own[name] = tf.Variable(numbers, trainable=False)  # no state: it is not in `variables`
            self._own[name].assign(numbers)

    @property
    def varied(self) -> dict[str, np.ndarray]:
        """What `vary` was given: name -> numbers (R,)."""
        return {name: numbers.numpy() for name, numbers in (self._own or {}).items()}

    def _check_varied(self, name: str, numbers: np.ndarray) -> None:
        known = ("weight_decay", *VARIED.get(type(self).__bases__[1], ()))
        if name not in known:
            raise ValueError(f"`vary` must be given one of {', '.join(known)}. Received: {name}")
        if numbers.shape != (self.num_replicas,) or not np.all(np.isfinite(numbers) & (numbers >= 0)):
            raise ValueError(
                f"`{name}` must be {self.num_replicas} finite numbers of at least 0, one for each replica. "
                f"Received: shape={numbers.shape}, {name}={np.array2string(numbers, threshold=6)}"
            )
        if name not in self._own and int(self.iterations) > 0:
            raise ValueError(
                f"`{name}` must be varied before the first `fit`. Received: a trained population."
            )

    def apply_slices(self, gradients, variables, slices: Mapping[str, Slices]) -> None:
        """Moves weights as `apply`, with the slices of embeddings, by the path of their variables."""
        # Keras adds slices up itself where it gathers the gradients of several batches.
        dense = self.dense_gradients or self.gradient_accumulation_steps
        self._slices = [
            (keras_private.key_of(self, variable), None if dense else slices.get(variable.path))
            for variable, gradient in zip(variables, gradients, strict=True)
            if gradient is not None
        ]
        self._sliced = {}
        try:
            self.apply(gradients, variables)
        finally:
            self._slices, self._sliced = None, {}

    def clip(self, gradients, as_keras):
        """Clips the gradients of each replica by their own norms, and slices of embeddings as Keras does."""
        keys, slices = zip(*(self._slices or [(None, None)] * len(gradients)), strict=True)
        clipped = self._clipped(
            [g if own is None else own.values for g, own in zip(gradients, slices, strict=True)], as_keras
        )
        summed = []
        for key, g, own, values in zip(keys, gradients, slices, clipped, strict=True):
            if own is not None:
                own = own._replace(values=values)
                values = own.summed(g)
                # By a global norm, Keras clips the norm of slices and goes on with their sum.
                if self.clipnorm or not self.global_clipnorm:
                    self._sliced[key] = own
            summed.append(values)
        return summed

    def _clipped(self, gradients, as_keras):
        squares = [tf.reduce_sum(tf.square(g), list(range(1, len(g.shape)))) for g in gradients]  # (R,) each
        if self.clipnorm:
            return [_clip(g, tf.sqrt(s), self.clipnorm) for g, s in zip(gradients, squares, strict=True)]
        if self.global_clipnorm:
            total = tf.sqrt(tf.add_n(squares))
            return [_clip(g, total, self.global_clipnorm) for g in gradients]
        return as_keras(gradients)

    def decay(self, variables):
        """Decays the weights of each replica by its own share and rate."""
        decay = (self._own or {}).get("weight_decay", self.weight_decay)
        if decay is None:
            return
        for variable in variables:
            rate, share = (
                _along_replicas(tf.cast(x, variable.dtype), variable) for x in (self.learning_rate, decay)
            )
            variable.assign_sub(variable * share * rate)

    def update_step(self, gradient, variable, learning_rate):
        slices = self._sliced.get(keras_private.key_of(self, variable))
        if slices is not None and self.by_slices.serves():
            own = {name: numbers for name, numbers in (self._own or {}).items() if name != "weight_decay"}
            self.by_slices.update(slices, variable, own, learning_rate)
            return
        own = {name: numbers for name, numbers in (self._own or {}).items() if name != "weight_decay"}
        shared = {name: getattr(self, name) for name in own}
        if own:  # a rate for each replica as well: no kernel takes a setting of several numbers
            learning_rate = tf.broadcast_to(learning_rate, [self.num_replicas])
        for name, numbers in own.items():
            setattr(self, name, _along_replicas(tf.cast(numbers, variable.dtype), variable))
        try:
            super().update_step(gradient, variable, _along_replicas(learning_rate, variable))
        finally:
            for name, number in shared.items():
                setattr(self, name, number)


def _clip(gradient: tf.Tensor, norms: tf.Tensor, limit: float) -> tf.Tensor:
    norms = _along_replicas(norms, gradient)
    return gradient * limit / tf.maximum(norms, tf.constant(limit, norms.dtype))


def _along_replicas(values, stacked) -> tf.Tensor:
    """Gives values of shape (R,) the shape (R, 1, ...) of a stacked variable; leaves a scalar as it is."""
    values = tf.convert_to_tensor(values)
    return tf.reshape(values, [-1] + [1] * (len(stacked.shape) - 1)) if values.shape.rank else values


def per_replica(
    optimizer: str | keras.Optimizer,
    num_replicas: int,
    learning_rates: Sequence[float] | None,
    dense_gradients: bool = False,
) -> keras.Optimizer:
    """Makes an optimizer of the same kind and settings for stacked weights."""
    optimizer = keras.optimizers.get(optimizer)
    _check(optimizer, learning_rates)
    kind = type(optimizer)
    config = _config_of(optimizer)
    stacked = type(kind.__name__, (_PerReplica, kind), {}).from_config(config)
    stacked.by_slices = SlicedUpdate(stacked, kind, config)
    stacked.dense_gradients = dense_gradients or getattr(optimizer, "dense_gradients", False)
    if pattern := keras_private.excluded_from_decay(optimizer)[1]:
        stacked.exclude_from_weight_decay(var_names=[pattern.pattern])
    stacked.num_replicas = num_replicas
    if learning_rates is not None:
        keras_private.set_rate(stacked, np.array(learning_rates))
    elif not isinstance(keras_private.rate_of(optimizer), keras.Variable):
        stacked.learning_rate = keras_private.rate_of(optimizer)
    return stacked


def _config_of(optimizer: keras.Optimizer) -> dict:
    schedule = keras_private.rate_of(optimizer)
    if isinstance(schedule, keras.Variable):
        return optimizer.get_config()
    keras_private.set_rate(optimizer, 0.0)  # a schedule or function may have no form for a file
    try:
        return {**optimizer.get_config(), "learning_rate": 1.0}
    finally:
        keras_private.set_rate(optimizer, schedule)


def _check(optimizer: keras.Optimizer, learning_rates: Sequence[float] | None) -> None:
    name = type(optimizer).__name__
    if type(optimizer) not in ELEMENTWISE:
        known = ", ".join(dict.fromkeys(kind.__name__ for kind in ELEMENTWISE))
        raise ValueError(
            "`optimizer` must be known to update every weight by itself, or replicas would touch each other. "
            f"Received: optimizer={name}. Use one of {known}."
        )
    if optimizer.built:
        raise ValueError(
            "`optimizer` must not have been used: its state does not fit a population. "
            f"Received: a built {name}. Make a new one."
        )
    if keras_private.excluded_from_decay(optimizer)[0]:
        raise ValueError(
            "`optimizer` must exclude weights from weight decay by name. Received: variables excluded by "
            f"`var_list` in {name}. Use `var_names`."
        )
    if learning_rates is not None and not isinstance(keras_private.rate_of(optimizer), keras.Variable):
        raise ValueError(
            "`optimizer` must have a constant learning rate when `learning_rates` are given. "
            f"Received: learning_rate={type(keras_private.rate_of(optimizer)).__name__} in {name}."
        )
