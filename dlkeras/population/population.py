"""Trains many replicas of one network as one model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from dlkeras.base.checks import checked_integer
from dlkeras.population import arguments
from dlkeras.population.epoch import Arrays, Batches, callback_list, run_epoch
from dlkeras.population.members import build_members
from dlkeras.population.replica_metrics import ReplicaLoss, ReplicaMetrics
from dlkeras.population.replica_optimizer import per_replica
from dlkeras.population.stacked_layers import stack_layers
from dlkeras.population.whole_epochs import WholeEpochsModel


class Population(WholeEpochsModel):
    """Many replicas of one Sequential that differ in their seeds, trained as one model.

    Every weight has a leading replica axis, so that one product of stacked matrices serves all R replicas,
    and a whole epoch over data in memory is a single compiled loop. Replica i follows, step by step, the run
    of `build(seeds[i])` in a plain `fit` over the same batches with the same optimizer. No replica feels
    another one: what looks at whole tensors (clipping by norm, constraints, losses) is taken for each.

    All replicas see the same batches. With `shuffle=True` each epoch has a new order, drawn from a generator
    that is seeded with `seeds` and goes on from one `fit` to the next. Dropout draws masks for each replica,
    reproducible but not those that the single model would draw.

    Logs hold one value per replica, and the progress bar shows their mean. Callbacks that compare a metric
    with a number (EarlyStopping) end with an error. Over arrays, batch hooks are called once an epoch.

    Args:
        build: From a seed to an uncompiled `keras.Sequential` that begins with `keras.Input`. The models may
            differ in seeds and initial weights alone. Called once for each different seed.
        seeds: One integer of at least 0 per replica; replicas of one seed begin alike.
        learning_rates: One positive rate per replica instead of the optimizer's, for a sweep in one go; None
            for the optimizer's in all.

    Attributes:
        seeds: The seeds, a tuple.
        num_replicas: R.

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

    def __init__(
        self,
        build: Callable[[int], keras.Sequential],
        seeds: Iterable[int] = range(20),
        learning_rates: Sequence[float] | None = None,
    ):
        if not callable(build):
            raise TypeError(f"`build` must be a function from a seed to a model. Received: build={build!r}")
        seeds = arguments.checked_seeds(seeds)
        rates = arguments.checked_rates(learning_rates, len(seeds))
        members = build_members(build, seeds)
        single = members[0]
        super().__init__(dtype=single.dtype_policy)
        self.seeds = seeds
        self.num_replicas = len(seeds)
        self.stacked_layers = [stack_layers(own) for own in zip(*(m.layers for m in members), strict=True)]
        self._build_member = build
        self._learning_rates = rates
        self._input_form = (tuple(single.input_shape[1:]), single.inputs[0].dtype)
        self._output_form = (tuple(single.output_shape[1:]), single.outputs[0].dtype)
        self._orders = np.random.default_rng(seeds)
        self._replica_loss = self._replica_metrics = None
        self._train_mode, self._test_kind = (Arrays, 1), Arrays
        self._outputs = tf.function(lambda x: self(x, training=False), jit_compile=True, autograph=False)
        self.built = True

    @classmethod
    def from_cases(cls, build: Callable, cases: Sequence[Mapping], learning_rates=None) -> Population:
        """Makes a population with a replica `build(**case)` for each case; `seeds` are the cases' places.

        Args:
            build: From what a case names to an uncompiled `keras.Sequential`.
            cases: What tells the replicas apart, as `dlkeras.runs.product` lists it.
            learning_rates: As for the class.

        Example:
            >>> population = Population.from_cases(build, product(scale=[0.5, 1], seed=range(5)))
        """
        return cls(lambda place: build(**cases[place]), range(len(cases)), learning_rates)

    def call(self, x, training=False):
        """Computes the outputs of all replicas, (R, B, ...), for inputs (B, ...)."""
        stacked = tf.broadcast_to(x[None], [self.num_replicas, *x.shape])
        for layer in self.stacked_layers:
            stacked = layer(stacked, training=training)
        return stacked

    def member(self, index: int) -> keras.Sequential:
        """Makes a plain model of one replica.

        Args:
            index: Place of the replica in `seeds`, from 0.

        Returns:
            A fresh `build(seeds[index])` with the replica's present weights, uncompiled.

        Raises:
            ValueError: If there is no such replica.
        """
        arguments.check_index(index, self.num_replicas)
        model = self._build_member(self.seeds[index])
        for stacked, layer in zip(self.stacked_layers, model.layers, strict=True):
            stacked.copy_to(layer, index)
        return model

    def compile(self, optimizer="rmsprop", loss=None, metrics: Sequence | None = None) -> None:
        """Sets optimizer, loss and metrics, each as in `keras.Model.compile`.

        Args:
            optimizer: Name or fresh Keras optimizer; `population.optimizer` is one of the same settings.
            loss: Name, function or `keras.losses.Loss`, taken for each replica.
            metrics: List of names, functions or metrics, taken for each replica; None for none.

        Raises:
            ValueError: If `loss` is missing, or the optimizer mixes weights (Lamb, Adafactor, Muon), has been
                used, or has a schedule though the population has `learning_rates`.
        """
        if loss is None:
            raise ValueError("`loss` must be given. Received: loss=None")
        optimizer = per_replica(optimizer, self.num_replicas, self._learning_rates)
        super().compile(optimizer=optimizer, jit_compile=True)
        self.optimizer.build(self.trainable_variables)
        self._loss_and_metrics = loss, tuple(metrics or ())
        self._replica_loss = self._replica_metrics = None

    def fit(
        self,
        x,
        y=None,
        batch_size: int = 32,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        validation_data: tuple | tf.data.Dataset | None = None,
        shuffle: bool = True,
        initial_epoch: int = 0,
    ) -> keras.callbacks.History:
        """Trains all replicas on the same batches.

        Args:
            x: Inputs, an array (n, ...), or a `tf.data.Dataset` of batches (x, y). Arrays are faster: a data
                set costs a call for each step.
            y: Targets, an array (n, ...); None with a data set.
            batch_size: Samples in a batch of arrays, at least 1; the last one of an epoch has what is left.
            epochs: Number of the last epoch, as in Keras.
            verbose: As in Keras.
            callbacks: Keras callbacks.
            validation_data: Pair (x, y) or data set to evaluate after each epoch.
            shuffle: Whether arrays have a new order in each epoch; a data set has its own.
            initial_epoch: Number of the first epoch.

        Returns:
            The history: for each epoch and metric an array (R,).

        Raises:
            ValueError: If the population is not compiled or the data do not fit.
        """
        source = self._source(x, y, batch_size)
        self._prepare_training(source)
        callbacks = callback_list(self, callbacks, verbose, epochs, source.num_steps)
        orders = self._orders if shuffle else None
        hooks = callbacks.on_train_batch_begin, callbacks.on_train_batch_end
        self.stop_training = False
        callbacks.on_train_begin()
        logs = {}
        for epoch in range(initial_epoch, epochs):
            callbacks.on_epoch_begin(epoch)
            logs = run_epoch(self.train_function, source, self._replica_metrics, orders, *hooks)
            if validation_data is not None:
                is_dataset = isinstance(validation_data, tf.data.Dataset)
                pair = (validation_data, None) if is_dataset else validation_data
                found = self._evaluate(self._source(*pair, batch_size), callbacks)
                logs |= {f"val_{name}": value for name, value in found.items()}
            callbacks.on_epoch_end(epoch, logs)
            if self.stop_training:
                break
        self.optimizer.finalize_variable_values(self.trainable_variables)
        callbacks.on_train_end(logs)
        return self.history

    def train_step(self, data: tuple[tf.Tensor, tf.Tensor]) -> None:
        """Moves the weights of every replica by one batch."""
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            losses = self._losses_of(y, y_pred)
            # The sum has the gradient of each replica's own loss for that replica's weights.
            total = self.optimizer.scale_loss(tf.reduce_sum(losses))
        gradients = tape.gradient(total, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        self._replica_metrics.update(losses, y, y_pred)

    def make_train_function(self, force: bool = False) -> Callable:
        """Compiles `train_function`: an epoch over arrays, a step over a data set."""
        if self.train_function is None or force:
            self.train_function = self._train_mode[0].compile(self.train_step, self._replica_metrics)
        return self.train_function

    def evaluate(
        self, x, y=None, batch_size: int = 32, verbose: str | int = "auto", return_dict: bool = False
    ) -> list[np.ndarray] | dict[str, np.ndarray]:
        """Measures loss and metrics of every replica.

        Args:
            x: Inputs, an array (n, ...), or a `tf.data.Dataset` of batches (x, y).
            y: Targets, an array (n, ...); None with a data set.
            batch_size: Samples of arrays at a time.
            verbose: As in Keras.
            return_dict: Whether to return a dict.

        Returns:
            Loss and metrics in order, (R,) each, or a dict by name.
        """
        source = self._source(x, y, batch_size)
        found = self._evaluate(source, callback_list(self, None, verbose, steps=source.num_steps))
        return found if return_dict else list(found.values())

    def test_step(self, data: tuple[tf.Tensor, tf.Tensor]) -> None:
        """Measures every replica on a batch."""
        x, y = data
        y_pred = self(x, training=False)
        self._replica_metrics.update(self._losses_of(y, y_pred), y, y_pred)

    def make_test_function(self, force: bool = False) -> Callable:
        """Compiles `test_function`: all arrays, or a batch of a data set."""
        if self.test_function is None or force:
            self.test_function = self._test_kind.compile(self.test_step, self._replica_metrics)
        return self.test_function

    def predict(self, x, batch_size: int = 32) -> np.ndarray:
        """Computes the outputs of every replica.

        Args:
            x: Inputs, an array (n, ...).
            batch_size: Samples at a time.

        Returns:
            Array (R, n, ...).
        """
        x = arguments.checked_inputs(x, *self._input_form)
        batch_size = checked_integer("batch_size", batch_size)
        batches = [x[start : start + batch_size] for start in range(0, len(x), batch_size)]
        return np.concatenate([self._outputs.get_concrete_function(b)(b).numpy() for b in batches], axis=1)

    def _losses_of(self, y: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        losses = self._replica_loss(y, y_pred), *self.losses
        return tf.add_n([tf.cast(loss, y_pred.dtype) for loss in losses])

    def _source(self, x, y, batch_size: int) -> Arrays | Batches:
        arguments.check_compiled(self)
        batch_size = checked_integer("batch_size", batch_size)
        if isinstance(x, tf.data.Dataset):
            source = Batches(arguments.checked_dataset(x, y, self._input_form))
        else:
            x = arguments.checked_inputs(x, *self._input_form)
            source = Arrays(x, arguments.checked_targets(y, x), batch_size)
        if self._replica_loss is None:
            shape, dtype = self._output_form
            y, y_pred = source.sample()[1], tf.zeros([1, *shape], dtype)
            loss, metrics = self._loss_and_metrics
            self._replica_loss = ReplicaLoss(loss, y, y_pred)
            self._replica_metrics = ReplicaMetrics(metrics, self.num_replicas, y, y_pred)
        return source

    def _prepare_training(self, source: Arrays | Batches) -> None:
        mode = (type(source), source.steps_per_execution)
        if self._train_mode != mode:
            self._train_mode, self.steps_per_execution = mode, source.steps_per_execution
            self.train_function = None  # and with it recorders that count on the number of steps
        self.make_train_function()

    def _evaluate(self, source: Arrays | Batches, callbacks) -> dict[str, np.ndarray]:
        if self._test_kind is not type(source):
            self._test_kind, self.test_function = type(source), None
        self.make_test_function()
        callbacks.on_test_begin()
        hooks = callbacks.on_test_batch_begin, callbacks.on_test_batch_end
        logs = run_epoch(self.test_function, source, self._replica_metrics, None, *hooks)
        callbacks.on_test_end(logs)
        return logs
