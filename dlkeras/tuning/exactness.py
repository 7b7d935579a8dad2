"""Whether a training can go on in its middle as if it had not been interrupted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from dlkeras.base.keras_private import all_layers
from dlkeras.tuning.batches import OrderedArrays, are_arrays, with_strings

# Operations of TensorFlow whose state no file gives back, beside those that begin with "Random"
_WITH_STATE = ("TruncatedNormal", "ParameterizedTruncatedNormal", "Multinomial", "PyFunc", "EagerPyFunc")


def can_go_on(model: keras.Model, call: Mapping[str, Any]) -> bool:
    """Whether all that a training changes is kept, so that it can go on in the middle as if undisturbed.

    Not so with a `train_step` of one's own, which may train by several optimizers, with variables of
    TensorFlow, of which Keras does not know, or validation on what is no array.
    """
    owns = (model.train_step, model.make_train_function)
    theirs = (keras.Model.train_step, keras.Model.make_train_function)
    held = call.get("validation_data")
    return (
        all(getattr(own, "__func__", None) is its for own, its in zip(owns, theirs, strict=True))
        and isinstance(getattr(model, "optimizer", None), keras.optimizers.Optimizer)
        and (held is None or (isinstance(held, tuple | list) and are_arrays(held)))
        and call.get("validation_steps") is None
        and not any(_has_own_variables(layer) for layer in all_layers(model))
        and not has_lost_randomness(model, call["x"])
    )


def is_built(model: keras.Model, x: Any) -> bool:
    """Builds a model by its first sample, where it would be built by its first batch; False if it cannot."""
    if not model.built:
        try:
            model(_first_of(x), training=True)
        except Exception:
            return False
    return model.built


def has_lost_randomness(model: keras.Model, x: Any) -> bool:
    """Whether layers draw random numbers by TensorFlow itself, or call Python: Keras's own layers do not."""
    if all(type(layer).__module__.startswith("keras.") for layer in all_layers(model)) and not any(
        isinstance(layer, keras.layers.Lambda) for layer in all_layers(model)
    ):
        return False
    try:
        specs = keras.tree.map_structure(lambda a: tf.TensorSpec([None, *a.shape[1:]], a.dtype), _first_of(x))
        call = tf.function(lambda inputs: model(inputs, training=True))
        graph = call.get_concrete_function(specs).graph.as_graph_def()
    except Exception:
        return True
    names = {node.op for part in (graph, *graph.library.function) for node in _nodes(part)}
    return any(name.startswith("Random") or name in _WITH_STATE for name in names)


def _nodes(part: Any) -> Any:
    return part.node if hasattr(part, "node") else part.node_def


def _first_of(x: Any) -> Any:
    """Gives the first sample, as `fit` gives it to the model."""
    first = keras.tree.map_structure(lambda a: a[:1], with_strings(x))
    batch = OrderedArrays(tf.range, first, None, None, batch_size=1).tensors()
    return batch[0] if isinstance(batch, tuple) else batch


def _has_own_variables(layer: keras.Layer) -> bool:
    return any(isinstance(value, tf.Variable) for value in vars(layer).values())
