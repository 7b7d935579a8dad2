"""The changes that are proposed: each in words, as code of Keras, and as settings to try them by."""

from __future__ import annotations

from dlkeras.diagnosis.problem import Change


def output(activation: str, loss: str, units: int) -> Change:
    """Another last layer and the loss that goes with it."""
    name = None if activation == "linear" else activation
    return Change(
        f"End with {'no activation' if name is None else activation}, and use {loss}.",
        f'keras.layers.Dense({units}, activation={name!r})\nmodel.compile(optimizer, loss="{loss}")',
        {"output_activation": activation, "loss": loss},
    )


def loss(name: str, why: str) -> Change:
    """Another loss."""
    return Change(f"Use {name}: {why}.", f'model.compile(optimizer, loss="{name}")', {"loss": name})


def rate(new: float, optimizer: str) -> Change:
    """Another learning rate."""
    new = float(f"{new:.1g}")
    return Change(
        f"Train with a learning rate of {new:g}.",
        f"model.compile(keras.optimizers.{optimizer}(learning_rate={new:g}), loss)",
        {"learning_rate": new},
    )


def rate_and_epochs(new: float, number: int, optimizer: str) -> Change:
    """A higher learning rate, and a longer training."""
    both = rate(new, optimizer)
    return Change(
        f"{both.words[:-1]}, for {number} epochs.",
        f"{both.code}\nmodel.fit(x, y, epochs={number})",
        both.settings | {"epochs": number},
    )


def scaled_inputs() -> Change:
    """Columns of the inputs of mean 0 and spread 1."""
    return Change(
        "Scale every column of the inputs to mean 0 and spread 1, with numbers of the training samples.",
        "scale = keras.layers.Normalization()\nscale.adapt(x_train)  # then the first layer of the model",
        {"x": "standard"},
    )


def scaled_targets() -> Change:
    """Targets of mean 0 and spread 1."""
    return Change(
        "Scale the targets to mean 0 and spread 1, and scale the predictions back.",
        "mean, spread = y_train.mean(0), y_train.std(0)\ny_train = (y_train - mean) / spread",
        {"y": "standard", "x": "standard"},
    )


def hidden(activation: str, initializer: str = "he_normal") -> Change:
    """Another activation in all hidden layers."""
    return Change(
        f"Use {activation} with {initializer} in the hidden layers.",
        f'keras.layers.Dense(units, "{activation}", kernel_initializer="{initializer}")',
        {"hidden_activation": activation, "initializer": initializer},
    )


def recurrent() -> Change:
    """The activation that recurrent layers have by default."""
    return Change(
        "Leave recurrent layers their tanh, which is bounded, and scale the inputs.",
        "keras.layers.LSTM(units)  # without activation=",
        {"recurrent_activation": "tanh", "x": "whole"},
    )


def initializer(name: str = "he_normal") -> Change:
    """Another start of the weights."""
    return Change(
        f"Start the weights with {name}, which keeps the size of what passes through.",
        f'keras.layers.Dense(units, "relu", kernel_initializer="{name}")',
        {"initializer": name},
    )


def epochs(number: int) -> Change:
    """A longer training."""
    return Change(
        f"Train longer: {number} epochs, and look again.",
        f"model.fit(x, y, epochs={number})",
        {"epochs": number},
    )


def batch(size: int, so_that: str) -> Change:
    """Batches of another size."""
    return Change(
        f"Use batches of {size}, so that {so_that}.",
        f"model.fit(x, y, batch_size={size})",
        {"batch_size": size},
    )


def clip() -> Change:
    """Gradients clipped to a length that they have by themselves."""
    return Change(
        "Clip gradients at a norm of 1, or not at all.",
        "keras.optimizers.SGD(learning_rate, clipnorm=1.0)",
        {"clip": 1.0},
    )


def penalty() -> Change:
    """A weaker penalty on weights."""
    return Change(
        "Take the penalty on the weights away, or make it a thousand times smaller.",
        "keras.layers.Dense(units, kernel_regularizer=keras.regularizers.L2(1e-5))",
        {"penalty": 0.0},
    )


def dropout(new: float) -> Change:
    """Less dropout."""
    return Change(f"Drop a share of {new:g} at most.", f"keras.layers.Dropout({new:g})", {"dropout": new})


def regularised() -> Change:
    """Fewer weights and a penalty on them."""
    return Change(
        "Stop at the best epoch, take a smaller model, or punish large weights.",
        "keras.layers.Dense(units, kernel_regularizer=keras.regularizers.L1(0.01))",
        {"penalty": 0.01},
    )


def weights_of_classes() -> Change:
    """Rare classes that count more."""
    return Change(
        "Let every class weigh the same, and watch a metric that does too.",
        "count = np.bincount(y_train)\n"
        "model.fit(x, y, class_weight={k: len(y_train) / len(count) / c for k, c in enumerate(count)})",
        {"class_weight": "balanced"},
    )


def normalised(depth: int) -> Change:
    """Fewer layers, or layers through which a signal passes."""
    return Change(
        f"Take fewer than {depth} layers, or add what a layer gives to what it got, with BatchNormalization.",
        "h = keras.layers.Add()([h, block(keras.layers.BatchNormalization()(h))])",
        {"batch_norm": True, "hidden_activation": "leaky_relu", "initializer": "he_normal"},
    )


def by_hand(words: str, code: str) -> Change:
    """What only the user can do."""
    return Change(words, code)


def trainable() -> Change:
    """Weights that are free to move."""
    return Change(
        "Set `trainable = True` on the layers that must learn, and compile again.",
        "model.layers[-1].trainable = True\nmodel.compile(optimizer, loss)",
        {"trainable": True},
    )
