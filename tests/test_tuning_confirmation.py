"""The best settings of a search trained anew: what is expected of them, and which is not told apart."""

import dataclasses

import keras_tuner
import numpy as np
import pytest
import scipy.stats
import tuning_search
from refusals import refuses
from search_samples import trial

from dlkeras.tuning import CoarseToFine, load_trials
from dlkeras.tuning.confirmation import compare

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras
RNG = np.random.default_rng(0)


def pair(number, searched, scores, **others):
    """A trial of a search, and the same trained anew."""
    values = {"units": 4 + number}
    old = trial(number, searched, values, **others)
    return old, dataclasses.replace(old, score=float(np.mean(scores)), scores=tuple(scores))


def compared(*pairs):
    old, new = zip(*pairs, strict=True)
    return compare(old, new[::-1])


def around(mean, spread=0.01, n=10):
    numbers = RNG.normal(0, spread, n)
    return mean + numbers - numbers.mean()


def test_a_lucky_winner_is_flattered_and_not_told_apart():
    found = compared(pair(17, 0.95, around(0.90)), pair(3, 0.94, around(0.901)))
    first, second = found.settings
    assert (first.trial_id, second.trial_id) == ("0017", "0003")
    assert first.expected == pytest.approx(0.90)
    assert first.flattered == pytest.approx(0.05)
    assert first.interval[0] < 0.90 < first.interval[1]
    assert found.verdict == "not told apart from trial 3"
    assert found.best is second
    assert str(found).startswith("Trial 17: not told apart from trial 3. Expect val_accuracy 0.9 (0.8")
    assert str(found).endswith("over 10 trainings); the search said 0.95, 0.05 too good.")


def test_a_winner_by_far_is_confirmed_and_the_p_values_are_corrected():
    pairs = [pair(0, 0.95, around(0.95)), pair(1, 0.9, around(0.93)), pair(2, 0.9, around(0.90))]
    found = compared(*pairs)
    assert found.verdict == "confirmed"
    assert found.level == [found.settings[0]]
    plain = [
        scipy.stats.ttest_ind(found.settings[0].scores, other.scores, equal_var=False).pvalue
        for other in found.settings[1:]
    ]
    holm = np.maximum.accumulate(np.sort(plain) * [2, 1])  # by hand: the least of two counts twice
    assert np.all(np.sort(found.p_values) >= holm * (1 - 1e-9))  # ours are wider, for skewed scores
    assert max(found.p_values) < 0.05


def test_a_better_one_is_named_also_where_less_is_better():
    low = {"direction": "min", "objective": "val_loss"}
    found = compared(pair(5, 0.10, around(0.30), **low), pair(6, 0.11, around(0.20), **low))
    assert found.verdict == "beaten by trial 6"
    assert found.settings[0].flattered == pytest.approx(0.20)
    assert found.best.trial_id == "0006"


def test_the_cheapest_that_is_level_trains_in_the_least_time():
    slow, quick = {"started": 0.0, "ended": 100.0}, {"started": 0.0, "ended": 20.0}
    far = pair(3, 0.9, around(0.7), started=0.0, ended=1.0)
    found = compared(pair(1, 0.95, around(0.9), **slow), pair(2, 0.94, around(0.9), **quick), far)
    assert found.cheapest.trial_id == "0002"
    assert found.cheapest.seconds == 2.0
    assert str(found).endswith("Cheapest that is level: trial 2, 2 s.")


def test_settings_that_always_score_the_same_are_told_apart_by_any_difference():
    same, other = [0.5] * 6, [0.4] * 6
    assert compared(pair(1, 0.5, same), pair(2, 0.5, same)).p_values == (1.0,)
    assert compared(pair(1, 0.5, same), pair(2, 0.5, other)).verdict == "confirmed"


def tuner_in(folder, **options):
    place = {"directory": folder, "project_name": "search"}
    return CoarseToFine(tuning_search.build_model, "val_loss", max_trials=4, **place, **options)


FIT = {"validation_data": tuning_search.data(1), "batch_size": 16, "epochs": 2, "verbose": 0}


def test_a_search_is_confirmed_from_other_seeds_and_what_was_trained_is_kept(tmp_path):
    tuner = tuner_in(tmp_path)
    tuner.search(*tuning_search.data(), **FIT)
    found = tuner.confirm(*tuning_search.data(), top=2, seeds=5, **FIT)
    records = sorted(load_trials(tmp_path / "search"), key=lambda record: record.score)
    assert [setting.trial_id for setting in found.settings] == [r.trial_id for r in records[:2]]
    for setting, record in zip(found.settings, records, strict=False):
        assert setting.values == record.values
        assert setting.searched == record.score
        assert len(set(setting.scores)) == 5
        assert record.score not in setting.scores
    again = tuner_in(tmp_path)
    log = tmp_path / "log"
    more = again.confirm(*tuning_search.data(), top=3, seeds=5, callbacks=[tuning_search.Log(log)], **FIT)
    assert more.settings[:2] == found.settings
    names = {line.split()[0] for line in log.read_text().splitlines()}
    assert names == {tuning_search.name_of(records[2].values)}
    assert len(load_trials(tmp_path / "search")) == 4


def test_what_cannot_be_compared_is_refused(tmp_path):
    tuner = tuner_in(tmp_path)
    with refuses("Two trials must have a score before they can be compared. Received: 0.", ValueError):
        tuner.confirm(*tuning_search.data(), **FIT)
    with refuses("`seeds` must be at least 5. Received: seeds=4", ValueError):
        tuner.confirm(*tuning_search.data(), seeds=4, **FIT)


class OwnTrial(CoarseToFine):
    """Trains nothing."""

    def run_trial(self, trial, *args, **kwargs):
        place = trial.hyperparameters.Float("place", 0.0, 1.0)
        return [place + noise for noise in np.linspace(0, 0.1, self.executions_per_trial)]


class OneResult(OwnTrial):
    """Does not ask how many trainings are wanted."""

    def run_trial(self, trial, *args, **kwargs):
        return super().run_trial(trial)[0]


def test_a_run_trial_of_ones_own_is_confirmed_if_it_trains_as_often_as_asked(tmp_path):
    hp = keras_tuner.HyperParameters()
    hp.Float("place", 0.0, 1.0)
    made = {"objective": None, "max_trials": 3, "hyperparameters": hp, "directory": tmp_path}
    tuner = OwnTrial(project_name="own", **made)
    tuner.search()
    found = tuner.confirm(top=2, seeds=6)
    assert [len(setting.scores) for setting in found.settings] == [6, 6]
    assert found.settings[0].flattered == pytest.approx(0.05)
    one = OneResult(project_name="one", **made)
    one.search()
    with refuses(
        "Each setting needs 5 scores or more. Received: 1. A `run_trial` of your own has to return a list "
        "with a result for each of `self.executions_per_trial` trainings.",
        ValueError,
    ):
        one.confirm(top=2, seeds=6)
