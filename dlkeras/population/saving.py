"""How a population is saved and loaded: methods of `Population`. A file holds a network, not `build`."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from dlkeras.population.orders import Orders


def get_config(population) -> dict[str, Any]:
    """Describes one of the networks, the seeds, the rates, and how orders and masks go on."""
    rates = population.learning_rates
    return {
        "network": keras.saving.serialize_keras_object(population.member(0)),
        "seeds": list(population.seeds),
        "learning_rates": rates if rates is None else list(rates),
        "orders": {"seeds": list(population.orders.seeds), "epoch": population.orders.epoch},
        "masks": [generator.state.numpy().tolist() for generator in _generators(population)],
    }


def from_config(cls, config: dict[str, Any], custom_objects=None):
    """Makes a population of what `get_config` gave; Keras loads its weights."""

    def build(seed):
        return keras.saving.deserialize_keras_object(config["network"])

    seeds = config["seeds"]
    population = cls(build, seeds[:1] * len(seeds), config["learning_rates"])
    population.seeds = tuple(seeds)
    population.orders = Orders(**config["orders"])
    for generator, state in zip(_generators(population), config["masks"], strict=True):
        generator.state.assign(state)
    return population


def _generators(population) -> list[keras.random.SeedGenerator]:
    """Returns what draws the masks of dropout, whose states Keras does not save."""
    found = [getattr(layer, "seed_generator", None) for layer in population.stacked_layers]
    return [generator for generator in found if generator is not None]


def get_compile_config(population) -> dict[str, Any] | None:
    """Describes what `compile` was given, and what `vary` was; None before."""
    if not population.compiled:
        return None
    optimizer, loss, metrics = map(keras.saving.serialize_keras_object, population.compiled_with)
    varied = {name: numbers.tolist() for name, numbers in population.optimizer.varied.items()}
    return {
        "optimizer": optimizer,
        "loss": loss,
        "metrics": metrics,
        "varied": varied,
        "dense": population.optimizer.dense_gradients,
        "jit_compile": population.jit_compile,
    }


def compile_from_config(population, config: dict[str, Any]) -> None:
    """Compiles a population with what `get_compile_config` gave."""
    given = [keras.saving.deserialize_keras_object(config[name]) for name in ("optimizer", "loss", "metrics")]
    population.compile(*given, config["dense"], config.get("jit_compile", "auto"))  # older files have none
    population.optimizer.vary(**{name: np.array(numbers) for name, numbers in config["varied"].items()})
