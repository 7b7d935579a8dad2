"""Is it better to watch one model and adjust it, or to train many at once, and does a setting keep?

Varies the compute (epochs of all models), the range of the first learning rate, how many trials of a search
run at once, and the data on which yesterday's best setting is used. Fixed: a network for digits. Look for
where the lines of the first figure cross, and for the changes of data after which a new search pays.
"""

# %% Settings
from dlkeras import lab

settings, flags = lab.read_settings(
    __file__,
    datasets=("digits",),
    dataset="digits",
    epochs=10,  # of a model of the caviar kind, and of a trial of a search
    models=16,  # at most; one that is watched has as many epochs as they have together
    look=2,  # epochs after which the watched model is looked at
    learning_rate=(1e-3, 3.16e-3, 0.01, 0.0316, 0.1, 0.316, 1.0, 3.16, 10.0),  # of the table
    weight_decay=(1e-4, 1e-3, 0.01, 0.1, 1.0),
    units=(8, 16, 32),
    trainings=5,  # of each setting of the table
    trials=32,  # of a search
    seeds=range(40),
    quick={
        **{"epochs": 4, "models": 4, "trials": 12, "seeds": range(2)},
        **{"learning_rate": (1e-3, 0.1, 10.0), "weight_decay": (1e-4, 1.0), "units": (8, 32)},
    },
)

# %% In plain Keras, 12 epochs: three models with rates that stay, and one whose rate follows its loss
import changed_data
import keras
import numpy as np
from keras.layers import Dense

train, validation, test = changed_data.load(settings.dataset)  # images and labels of each


def build(rate):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((64,)), Dense(32, "relu"), Dense(32, "relu"), Dense(10)])
    model.compile(keras.optimizers.SGD(rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


for rate in (0.01, 0.1, 1.0):
    fitted = build(rate).fit(*train, batch_size=64, epochs=4, validation_data=validation, verbose=0)
    print(f"one of many: rate {rate:<5} validation loss {fitted.history['val_loss'][-1]:.2f}")

watched, rate, least = build(0.01), 0.01, np.inf
for _ in range(6):
    watched.optimizer.learning_rate = rate
    fitted = watched.fit(*train, batch_size=64, epochs=2, validation_data=validation, verbose=0)
    found = fitted.history["val_loss"][-1]
    print(f"the watched: rate {rate:<5} validation loss {found:.2f}")
    if found < least:
        least, kept, rate = found, watched.get_weights(), 2 * rate
    else:  # back to the best so far
        watched.set_weights(kept)
        rate = rate / 2

# %% The same for first rates from a wide and a narrow range, many seeds at once
import searches
from networks import choose, measure, networks, train_table  # networks: many that train as one keras.Model
from threadpoolctl import threadpool_limits

from dlkeras.runs import by_replica, product

RANGES = {"First rate from 0.0001 to 10": (1e-4, 10.0), "First rate from 0.03 to 0.3": (0.03, 0.3)}
shares = np.random.default_rng(0).random((settings.seeds.stop, settings.models))[settings.seeds]
first_rates = np.stack([low * (high / low) ** shares for low, high in RANGES.values()])
cases = product(range=RANGES, seed=settings.seeds)


def watch(first):
    """Trains a model for each range and seed, and every few epochs goes by a written rule."""
    models = networks(32, [case["seed"] for case in cases], first)
    kept, least, error = models.get_weights(), np.full(len(cases), np.inf), np.full(len(cases), 90.0)
    rates, steady, found = first, np.zeros(len(cases)), []
    for _ in range(settings.models * settings.epochs // settings.look):
        models.optimizer.learning_rate = rates
        models.fit(*train, 64, settings.look, verbose=0)
        losses, errors = measure(models, validation, test)
        better = losses < least
        least, error = np.where(better, losses, least), np.where(better, errors, error)
        kept = choose(better, models.get_weights(), kept)
        models.set_weights(kept)  # where it was no better, back to the best so far
        steady = np.where(better, steady + 1, 0)  # looks in a row that were better
        rates = np.where(better, np.where(steady >= 2, 2 * rates, rates), rates / 2)
        found.append(error)
    every = settings.epochs // settings.look  # looks in a full training
    found = np.array(found)[every - 1 :: every]  # (compute, cases)
    yield from by_replica(cases, {"way": "one, watched"}, first=first, found=found)


def train_many(rates):
    """Trains many models for each range and seed, and takes the one with the least validation loss."""
    seeds = range(settings.seeds.start * settings.models, settings.seeds.stop * settings.models)
    models = networks(32, [*seeds, *seeds], rates.ravel())
    models.fit(*train, 64, settings.epochs, verbose=0)
    losses, errors = (own.reshape(len(cases), -1) for own in measure(models, validation, test))
    best = [losses[:, : n + 1].argmin(axis=1) for n in range(settings.models)]  # of the first n + 1
    found = np.array([errors[range(len(cases)), own] for own in best])  # (models, cases)
    yield from by_replica(cases, {"way": "many, as they are"}, found=found)


runs = lab.train_all(watch, [(first_rates[..., 0].ravel(),)])
runs += lab.train_all(train_many, [(first_rates,)])

# %% Searches from coarse to fine, which look errors up in a table of trainings
runs += lab.train_all(train_table, [(units, settings) for units in settings.units])
surfaces = searches.surfaces_of(runs, settings)
with threadpool_limits(1):  # for small matrices threads only wait
    runs += lab.train_all(searches.search_all, [(s, surfaces, settings.trials) for s in settings.seeds])

# %% Findings, figures and the page
from figures import figures
from findings import findings

lab.write_page(flags, runs, findings(runs), figures(runs))
