"""Many replicas of one network, trained as one model."""

from dlkeras.population.early_stopping import EarlyStopping
from dlkeras.population.orders import Orders
from dlkeras.population.population import Population

__all__ = ["EarlyStopping", "Orders", "Population"]
