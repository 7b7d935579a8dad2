"""Trains many replicas of one network as one model."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.base.checks import checked_flag
from dlkeras.population import arguments, fitting, saving, single_calls
from dlkeras.population.early_stopping import moving_only
from dlkeras.population.embeddings import StackedEmbedding, check_slices_known, slices_of
from dlkeras.population.epoch import Arrays
from dlkeras.population.members import build_members
from dlkeras.population.orders import Orders
from dlkeras.population.replica_optimizer import per_replica
from dlkeras.population.stacked_layers import stack_layers


@keras.saving.register_keras_serializable(package="dlkeras")
class Population(keras.Model):
    """Many replicas of one Sequential that differ in their seeds, trained as one model.

    Every weight has a leading replica axis, so that one product of stacked matrices serves all R replicas,
    and a whole epoch over data in memory is a single compiled loop. Replica i follows, step by step, the run
    of `build(seeds[i])` in a plain `fit` over its batches with the same optimizer. No replica feels another
    one: what looks at whole tensors (clipping by norm, constraints, losses) is taken for each.

    With `shuffle=True` each replica has an order of samples of its own in each epoch, drawn from its seed and
    the number of shuffled epochs before: equal seeds have equal orders, in any population. With
    `shared_batches=True` and over a data set all see the same batches. Dropout draws masks for each replica,
    reproducible but not those that the single model would draw.

    It is a `keras.Model`: weights are read, set and saved as of any other, and callbacks take part. Logs hold
    one value per replica, and the progress bar shows their mean; callbacks that need one number are refused
    by name, and `dlkeras.population.EarlyStopping` stops each replica by itself. Over arrays, batch hooks are
    called once an epoch.

    Args:
        build: From a seed to an uncompiled `keras.Sequential` that begins with `keras.Input`. The models may
            differ in seeds and initial weights alone. Called once for each different seed.
        seeds: One integer of at least 0 per replica; replicas of one seed begin alike.
        learning_rates: One positive rate per replica instead of the optimizer's, for a sweep in one go; None
            for the optimizer's in all.

    Warns if several seeds all give the same drawn weights: then `build` ignores its seed.

    Attributes:
        seeds: The seeds, a tuple.
        num_replicas: R.
        orders: The `Orders` of samples that `fit` goes on with.
        active: Which replicas move, a `tf.Variable` (R,) of bools. `EarlyStopping` assigns it, and so may a
            callback of your own that has the attribute `stops_replicas = True`; without one, all move.

    Raises:
        TypeError: If `build` is not a function or returns no Sequential, or a seed is no integer.
        ValueError: If there are no seeds, a seed is negative, the models differ, `learning_rates` do not fit
            the seeds, or a layer uses masks or float16.

    Example:
        ```python
        population = Population(lambda seed: depth_stack("relu", depth=3, seed=seed), seeds=range(20))
        population.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"])
        losses = population.fit(x, y, epochs=5).history["loss"][-1]  # (20,)
        best = population.member(np.argmin(losses))
        ```
    """

    jit_by_default = True  # for `jit_compile="auto"`; False suits a program that makes many and trains little

    def __init__(
        self,
        build: Callable[[int], keras.Sequential],
        seeds: Iterable[int] = range(20),
        learning_rates: Sequence[float] | None = None,
    ):
        seeds = arguments.checked_seeds(seeds)
        rates = arguments.checked_rates(learning_rates, len(seeds))
        members = build_members(build, seeds)
        single = members[0]
        super().__init__(dtype=single.dtype_policy)
        self.seeds = seeds
        self.num_replicas = len(seeds)
        self.stacked_layers = [
            stack_layers(own, {keras.layers.Embedding: StackedEmbedding})
            for own in zip(*(m.layers for m in members), strict=True)
        ]
        self._build_member = build
        self.learning_rates = rates
        self._input_form = (tuple(single.input_shape[1:]), single.inputs[0].dtype)
        self._output_form = (tuple(single.output_shape[1:]), single.outputs[0].dtype)
        self.orders = Orders(seeds)
        self._replica_loss = self._replica_metrics = None
        self._train_mode, self._test_kind = (Arrays, 1, False), Arrays
        self.active = tf.Variable(np.ones(len(seeds), bool), trainable=False)
        self._compile_outputs(arguments.checked_jit_compile("auto", self))
        self.built = True

    @classmethod
    def from_cases(cls, build: Callable, cases: Sequence[Mapping], learning_rates=None) -> Population:
        """Makes a population with a replica `build(**case)` for each case; `seeds` are the cases' places.

        Args:
            build: From what a case names to an uncompiled `keras.Sequential`.
            cases: What tells the replicas apart, as `dlkeras.runs.product` lists it. The orders of samples
                are drawn from `case["seed"]` where there is one, else from the case's place.
            learning_rates: As for the class.

        Example:
            >>> population = Population.from_cases(build, product(scale=[0.5, 1], seed=range(5)))
        """
        with warnings.catch_warnings():
            if len({case.get("seed") for case in cases}) == 1:  # that all begin alike is what was asked for
                warnings.filterwarnings("ignore", "`build` gives all seeds the same weights")
            population = cls(lambda place: build(**cases[place]), range(len(cases)), learning_rates)
        population.orders = Orders(case.get("seed", place) for place, case in enumerate(cases))
        return population

    def call(self, x, training=False):
        """Computes the outputs of all replicas, (R, B, ...), of inputs (B, ...) or own ones (R, B, ...)."""
        (stacked,) = self._own(x)
        for layer in self.stacked_layers:
            stacked = layer(stacked, training=training)
        return stacked

    def _compile_outputs(self, jit_compile: bool) -> None:
        outputs = functools.partial(self, training=False)
        self._outputs = tf.function(outputs, jit_compile=jit_compile, autograph=False)

    def member(self, index: int) -> keras.Sequential:
        """Makes a plain model of one replica.

        Args:
            index: Place of the replica in `seeds`, from 0.

        Returns:
            A fresh `build(seeds[index])` with the replica's present weights, uncompiled.

        Raises:
            ValueError: If there is none of this place.
        """
        arguments.check_index(index, self.num_replicas)
        model = self._build_member(self.seeds[index])
        for stacked, layer in zip(self.stacked_layers, model.layers, strict=True):
            stacked.copy_to(layer, index)
        return model

    def compile(
        self,
        optimizer="rmsprop",
        loss=None,
        metrics: Sequence | str | None = None,
        dense_gradients: bool = False,
        jit_compile: bool | str = "auto",
        **options,
    ) -> None:
        """Sets optimizer, loss and metrics, each as in `keras.Model.compile`.

        Args:
            optimizer: Name or fresh Keras optimizer; `population.optimizer` is one of the same settings.
            loss: Name, function or `keras.losses.Loss`, taken for each replica.
            metrics: List of names, functions or metrics, or one alone, taken for each replica.
            dense_gradients: Whether the gradient of an Embedding is summed over equal tokens of a batch
                before it is clipped and squared, as the equations of optimizers say. By default it is not,
                as in plain Keras, where a token that is read twice counts as two smaller gradients.
            jit_compile: Whether XLA compiles the steps, which then run faster, after a second or so of
                compiling. "auto" stands for True but where there are convolutions, which are faster without;
                and for False everywhere once `Population.jit_by_default = False`.
            **options: Other arguments of Keras' `compile`, at what a population does anyway.

        Raises:
            TypeError: If an argument is unknown, or `loss` or `metrics` are for several outputs.
            ValueError: If `loss` is missing, an option is not what a population does, or the optimizer mixes
                weights (Lamb, Adafactor, Muon), has been used, has a schedule though the population has
                `learning_rates`, or takes the gradient of an Embedding inside of another layer apart.
        """
        metrics = arguments.checked_compile(loss, metrics, options)
        dense_gradients = checked_flag("dense_gradients", dense_gradients)
        stacked = per_replica(optimizer, self.num_replicas, self.learning_rates, dense_gradients)
        check_slices_known(self.stacked_layers, stacked)
        super().compile(stacked, jit_compile=arguments.checked_jit_compile(jit_compile, self))
        self._compile_outputs(self.jit_compile)
        self._train_mode = (Arrays, 1, False)  # Keras forgets the steps of an execution too
        self.optimizer.build(self.trainable_variables)
        self.compiled_with = keras.optimizers.get(optimizer), loss, metrics
        self._replica_loss = self._replica_metrics = None

    def train_step(self, data: tuple[tf.Tensor, ...]) -> None:
        """Moves the weights of every replica by a batch, (B, ...), or one of its own, (R, B, ...)."""
        may_stop = self._train_mode[2]
        state = [*self.weights, *self.optimizer.variables] if may_stop else []
        with moving_only(self.active, state):
            x, y, *weights = self._own(*data)
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                losses = self._losses_of(y, y_pred, *weights)
                # The sum has the gradient of each replica's own loss for that replica's weights.
                total = self.optimizer.scale_loss(tf.reduce_sum(losses))
            read = [each for each in self.stacked_layers if getattr(each, "read", None) is not None]
            weights = self.trainable_variables
            gradients = tape.gradient(total, [*weights, *(each.read[1] for each in read)])
            slices = slices_of(read, gradients[len(weights) :])
            self.optimizer.apply_slices(gradients[: len(weights)], weights, slices)
        self._replica_metrics.update(losses, y, y_pred)

    def make_train_function(self, force: bool = False) -> Callable:
        """Compiles `train_function`: an epoch over arrays, a step over a data set."""
        if self.train_function is None or force:
            train = self._train_mode[0].compile(self.train_step, self._replica_metrics, self.jit_compile)
            self.train_function = train
        return self.train_function

    def test_step(self, data: tuple[tf.Tensor, ...]) -> None:
        """Measures every replica on a batch."""
        x, y, *weights = self._own(*data)
        y_pred = self(x, training=False)
        self._replica_metrics.update(self._losses_of(y, y_pred, *weights), y, y_pred)

    def make_test_function(self, force: bool = False) -> Callable:
        """Compiles `test_function`: all arrays, or a batch of a data set."""
        if self.test_function is None or force:
            test = self._test_kind.compile(self.test_step, self._replica_metrics, self.jit_compile)
            self.test_function = test
        return self.test_function

    fit = fitting.fit
    evaluate = fitting.evaluate
    predict = single_calls.predict
    train_on_batch = single_calls.train_on_batch
    test_on_batch = single_calls.test_on_batch
    predict_on_batch = single_calls.predict_on_batch

    get_config = saving.get_config
    from_config = classmethod(saving.from_config)
    get_compile_config = saving.get_compile_config
    compile_from_config = saving.compile_from_config

    def metric(self, name: str) -> keras.Metric | None:
        """Returns the metric of a name as a single model has it; None for the loss and before `fit`."""
        return self._replica_metrics and self._replica_metrics.single(name)

    def _own(self, x: tf.Tensor, *more: tf.Tensor) -> tuple[tf.Tensor, ...]:
        if len(x.shape) == len(self._input_form[0]) + 2:  # (R, B, ...)
            return x, *more
        return tuple(tf.broadcast_to(t[None], [self.num_replicas, *t.shape]) for t in (x, *more))

    def _losses_of(self, y: tf.Tensor, y_pred: tf.Tensor, weights: tf.Tensor | None = None) -> tf.Tensor:
        losses = self._replica_loss(y, y_pred, weights), *self.losses
        return tf.add_n([tf.cast(loss, y_pred.dtype) for loss in losses])
