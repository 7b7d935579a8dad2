"""Many replicas of one network, trained as one model."""

from dlkeras.population.orders import Orders
from dlkeras.population.population import Population

__all__ = ["Orders", "Population"]
