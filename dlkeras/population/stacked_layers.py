"""Layers that hold the weights of all replicas, stacked along a leading replica axis.

Activations have the shape (R, B, ...): replica, sample, the rest as in a single model. There are three ways
to compute a layer, and each gives a replica what the layer of its own would:

- folded: a layer without weights that treats every sample alone sees R * B samples;
- by hand: Dense, BatchNormalization and Dropout are written out for stacked weights;
- unrolled: any other layer is called once for each replica with that replica's slice of the weights.
"""

from __future__ import annotations

import contextlib
import inspect
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.base import keras_private


def variables_of(layer: keras.Layer) -> list[keras.Variable]:
    """Returns all variables of a layer, trainable ones first, states of random generators included."""
    return [*layer.trainable_variables, *layer.non_trainable_variables]


def for_each_replica(function: Callable[[tf.Tensor], tf.Tensor], *stacked: tf.Tensor) -> tf.Tensor:
    """Calls `function` with the slices of each replica and stacks what it returns."""
    slices = [slices_of(tensor) for tensor in stacked]
    return tf.stack([tf.convert_to_tensor(function(*own)) for own in zip(*slices, strict=True)])


def slices_of(stacked: tf.Tensor) -> list[tf.Tensor]:
    """Takes a tensor apart by replica."""
    stacked = tf.convert_to_tensor(stacked)
    return [keras_private.with_logits(operator.itemgetter(i), stacked) for i in range(stacked.shape[0])]


class StackedLayer(keras.Layer):
    """The layers of all replicas as one: every variable has a leading replica axis."""

    def __init__(self, members: Sequence[keras.Layer]):
        single = members[0]
        super().__init__(name=single.name, dtype=single.dtype_policy, trainable=single.trainable)
        self.num_replicas = len(members)
        self._single = Untracked(single)
        self.stacked = [self._stack(own) for own in zip(*map(variables_of, members), strict=True)]
        self.built = True

    def _stack(self, members: Sequence[keras.Variable]) -> keras.Variable:
        single = members[0]
        stacked = self.add_weight(
            shape=(self.num_replicas, *single.shape),
            initializer="zeros",
            dtype=single.dtype,
            trainable=single.trainable,
            regularizer=self._stacked_regularizer(single.regularizer),
            constraint=_stacked_constraint(single.constraint),
            name=single.name,
        )
        stacked.assign(np.stack([variable.numpy() for variable in members]))
        return stacked

    def _stacked_regularizer(self, regularizer):
        return _stacked_regularizer(regularizer)

    @property
    def single(self) -> keras.Layer:
        """The layer as the first replica's model has it."""
        return self._single.value

    def variable(self, name: str) -> keras.Variable | None:
        """Returns the stacked form of the variable that a single layer has as attribute `name`."""
        wanted = getattr(self.single, name)
        for stacked, variable in zip(self.stacked, variables_of(self.single), strict=True):
            if variable is wanted:
                return stacked
        return None

    def copy_to(self, layer: keras.Layer, replica: int) -> None:
        """Gives `layer`, a single one, the weights of a replica."""
        for stacked, variable in zip(self.stacked, variables_of(layer), strict=True):
            variable.assign(stacked[replica])


class Untracked:
    """Holds a layer of a single model where Keras does not look for weights."""

    def __init__(self, value: keras.Layer):
        self.value = value


class FoldedLayer(StackedLayer):
    """A layer without weights that treats every sample alone."""

    def call(self, x):
        folded = tf.reshape(x, [-1, *x.shape[2:]])
        y = self.single(folded)
        return keras_private.with_logits(lambda t: tf.reshape(t, [*x.shape[:2], *y.shape[1:]]), y)


class UnrolledLayer(StackedLayer):
    """Any layer, called for one replica after the other."""

    def _stacked_regularizer(self, regularizer):
        return None  # the layer's own losses have it

    def call(self, x, training=False):
        single = self.single
        options = {"training": training} if "training" in inspect.signature(single.call).parameters else {}
        variables, states = variables_of(single), self.stacked
        num_trainable = len(single.trainable_variables)
        outputs, updated, losses = [], [], []
        for replica in range(self.num_replicas):
            own = [(variable, state[replica]) for variable, state in zip(variables, states, strict=True)]
            with keras.StatelessScope(own, collect_losses=True) as scope, _checked_assigns(single, scope):
                outputs.append(_one_tensor(single, single(x[replica], **options)))
                losses.append(single.losses)
            updated.append([scope.get_current_value(variable) for variable in variables[num_trainable:]])
        for state, values in zip(states[num_trainable:], zip(*updated, strict=True), strict=True):
            state.assign(tf.stack(values))
        for own in zip(*losses, strict=True):
            self.add_loss(tf.stack(own))
        return keras_private.with_logits(lambda *t: tf.stack(t), *outputs)


class StackedDense(StackedLayer):
    """Dense as a product of stacked matrices."""

    def call(self, x):
        units = self.single.units
        rows = tf.reshape(x, [self.num_replicas, -1, x.shape[-1]])
        y = tf.matmul(rows, self.variable("kernel"))  # (R, B, in) (R, in, out)
        if self.single.use_bias:
            y += self.variable("bias")[:, None]
        return _activate(self.single.activation, tf.reshape(y, [*x.shape[:-1], units]))


class StackedBatchNormalization(StackedLayer):
    """BatchNormalization with the moments of each replica's own activations."""

    def call(self, x, training=False):
        single = self.single
        axis = single.axis % (len(x.shape) - 1) + 1
        others = [i for i in range(1, len(x.shape)) if i != axis]
        broadcast = [n if i in (0, axis) else 1 for i, n in enumerate(x.shape)]
        moving_mean, moving_variance = self.variable("moving_mean"), self.variable("moving_variance")
        if training and single.trainable:
            mean, variance = tf.nn.moments(x, others)
            for moving, batch in ((moving_mean, mean), (moving_variance, variance)):
                moving.assign(moving * single.momentum + batch * (1 - single.momentum))
        else:
            mean, variance = moving_mean.value, moving_variance.value
        scale = tf.math.rsqrt(variance + single.epsilon)
        if single.scale:
            scale *= self.variable("gamma")
        shift = -mean * scale
        if single.center:
            shift += self.variable("beta")
        return x * tf.reshape(scale, broadcast) + tf.reshape(shift, broadcast)


class StackedDropout(StackedLayer):
    """Dropout with masks of its own for each replica, drawn at once for all."""

    def __init__(self, members: Sequence[keras.Layer]):
        super().__init__(members)
        if members[0].rate == 0:  # then Keras makes no generator
            return
        entropy = [int(word) for member in members for word in np.ravel(member.seed_generator.state)]
        seed = int(np.random.SeedSequence(entropy).generate_state(1)[0])
        self.seed_generator = keras.random.SeedGenerator(seed)

    def _stack(self, members):
        return None  # the states of the members' generators

    def call(self, x, training=False):
        single = self.single
        if not training or single.rate == 0:
            return x
        noise_shape = single.noise_shape and (self.num_replicas, *single.noise_shape)
        return keras.random.dropout(x, single.rate, noise_shape, self.seed_generator)

    def copy_to(self, layer, replica):
        """Does nothing: a single layer draws masks from a generator of its own."""


_L = keras.layers
_BY_HAND = {
    _L.Dense: StackedDense,
    _L.BatchNormalization: StackedBatchNormalization,
    _L.Dropout: StackedDropout,
}
_EACH_SAMPLE_ALONE = (
    *(_L.Activation, _L.ReLU, _L.LeakyReLU, _L.ELU, _L.Softmax),
    *(_L.Flatten, _L.Reshape, _L.Permute, _L.RepeatVector, _L.Identity, _L.Rescaling),
    *(_L.MaxPooling1D, _L.MaxPooling2D, _L.MaxPooling3D),
    *(_L.AveragePooling1D, _L.AveragePooling2D, _L.AveragePooling3D),
    *(_L.GlobalMaxPooling1D, _L.GlobalMaxPooling2D, _L.GlobalMaxPooling3D),
    *(_L.GlobalAveragePooling1D, _L.GlobalAveragePooling2D, _L.GlobalAveragePooling3D),
    *(_L.ZeroPadding1D, _L.ZeroPadding2D, _L.Cropping1D, _L.Cropping2D, _L.UpSampling1D, _L.UpSampling2D),
)


def stack_layers(members: Sequence[keras.Layer], more_by_hand: Mapping[type, type]) -> StackedLayer:
    """Makes one layer of the layers that the replicas have at the same place."""
    single, by_hand = members[0], {**_BY_HAND, **more_by_hand}
    kind = type(single)
    plain = single.compute_dtype == single.variable_dtype and single.activity_regularizer is None
    adapted = getattr(single, "lora_enabled", False) or getattr(single, "quantization_mode", None) is not None
    if plain and kind in by_hand and not adapted:
        return by_hand[kind](members)
    if plain and kind in _EACH_SAMPLE_ALONE and _leaves_batch_axis(single):
        return FoldedLayer(members)
    return UnrolledLayer(members)


def _leaves_batch_axis(layer: keras.Layer) -> bool:
    if isinstance(layer, _L.Activation):
        return _is_keras_activation(layer.activation)
    return not isinstance(layer, _L.Softmax) or layer.axis == -1


def _is_keras_activation(function: Callable) -> bool:
    # Each of them works element by element or along the last axis.
    return function in vars(keras.activations).values()


def _activate(function: Callable | None, x: tf.Tensor) -> tf.Tensor:
    if function is None or _is_keras_activation(function):
        return x if function is None else function(x)
    return for_each_replica(function, x)


def _stacked_regularizer(regularizer: Callable | None) -> Callable | None:
    if regularizer is None:
        return None
    if type(regularizer) not in (keras.regularizers.L1, keras.regularizers.L2, keras.regularizers.L1L2):
        return lambda stacked: for_each_replica(regularizer, stacked)

    def penalties(stacked):
        w = tf.convert_to_tensor(stacked)
        axes = list(range(1, len(w.shape)))
        l1, l2 = (float(getattr(regularizer, name, 0)) for name in ("l1", "l2"))
        by_l1 = l1 * tf.reduce_sum(tf.abs(w), axes) if l1 else 0
        return by_l1 + l2 * tf.reduce_sum(tf.square(w), axes)  # (R,)

    return penalties


def _stacked_constraint(constraint: Callable | None) -> Callable | None:
    return constraint and (lambda stacked: for_each_replica(constraint, stacked))


@contextlib.contextmanager
def _checked_assigns(layer: keras.Layer, scope: keras.StatelessScope) -> Iterator[None]:
    """Refuses a layer whose call assigns what a population could not follow, by the variable's name."""
    before = [scope.get_current_value(variable) for variable in layer.trainable_variables]
    error = None
    try:
        yield
    except Exception as raised:
        error = raised
    for variable in variables_of(layer):
        value = scope.get_current_value(variable)
        if not tf.executing_eagerly() and value.graph is not tf.compat.v1.get_default_graph():
            raise ValueError(
                "`build` must give layers that assign no variable, and draw no random numbers, inside of a "
                f"branch or a loop. Received: layer {layer.name!r} of class {type(layer).__name__}, which "
                f"assigns {variable.path!r} there. Assign `ops.where(condition, new, old)` outside of it."
            ) from error
    if error is not None:
        raise error
    for variable, value in zip(layer.trainable_variables, before, strict=True):
        if scope.get_current_value(variable) is not value:
            raise ValueError(
                "`build` must give layers that assign no trainable weight in their call: the gradient of "
                f"what comes after would be another one. Received: layer {layer.name!r} of class "
                f"{type(layer).__name__}, which assigns {variable.path!r}. Train such models one by one."
            )


def _one_tensor(layer: keras.Layer, output) -> tf.Tensor:
    if not tf.is_tensor(output) or keras_private.has_mask(output):
        raise ValueError(
            "`build` must give a model whose layers return one tensor without a mask. "
            f"Received: layer {layer.name!r} of class {type(layer).__name__}"
        )
    return output
