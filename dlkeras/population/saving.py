"""How a population is saved and loaded: methods of `Population`. A file holds a network, not `build`."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


def get_config(population) -> dict[str, Any]:
    """Describes one of the networks, the seeds, the rates, and how the orders of batches go on."""
    rates = population.learning_rates
    return {
        "network": keras.saving.serialize_keras_object(population.member(0)),
        "seeds": list(population.seeds),
        "learning_rates": rates if rates is None else list(rates),
        "orders": population.orders.bit_generator.state,
    }


def from_config(cls, config: dict[str, Any], custom_objects=None):
    """Makes a population of what `get_config` gave; Keras loads its weights."""

    def build(seed):
        return keras.saving.deserialize_keras_object(config["network"])

    population = cls(build, config["seeds"], config["learning_rates"])
    population.orders.bit_generator.state = config["orders"]
    return population


def get_compile_config(population) -> dict[str, Any]:
    """Describes what `compile` was given, and what `vary` was."""
    optimizer, loss, metrics = map(keras.saving.serialize_keras_object, population.compiled_with)
    varied = {name: numbers.tolist() for name, numbers in population.optimizer.varied.items()}
    return {"optimizer": optimizer, "loss": loss, "metrics": metrics, "varied": varied}


def compile_from_config(population, config: dict[str, Any]) -> None:
    """Compiles a population with what `get_compile_config` gave."""
    given = [keras.saving.deserialize_keras_object(config[name]) for name in ("optimizer", "loss", "metrics")]
    population.compile(*given)
    population.optimizer.vary(**{name: np.array(numbers) for name, numbers in config["varied"].items()})
