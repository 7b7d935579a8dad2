"""What the first change that the diagnosis proposes gains: tried from some seeds by the diagnosis itself."""

import logging

import trainings

from dlkeras.diagnosis import Diagnosis


def try_first_changes(fit, settings):
    """Trains each fault, asks what is wrong, and tries the answer.

    Args:
        fit: Trains a model on samples, with held-out ones, watched by a diagnosis.
        settings: Of the lab.
    """
    logging.getLogger("tensorflow").setLevel("ERROR")  # it warns of many new models, which are meant
    for fault in settings.faults:
        yield from _try_first(fit, fault, settings)


def _try_first(fit, fault, settings):
    """Gives a row for each seed; none where only the user can make the change."""
    make, seeds = getattr(trainings, fault), settings.seeds[: settings.tried]
    model, samples, held_out = make(seeds[0], True, settings.dataset)
    diagnosis = Diagnosis()
    fit(model, samples, held_out, diagnosis)
    if not diagnosis.problems or not diagnosis.problems[0].change.settings:
        return
    (trial,) = diagnosis.try_changes(
        lambda place: make(seeds[place], True, settings.dataset)[0],
        *samples,
        seeds=len(seeds),
        validation_data=held_out,
        most=1,
    )
    about = {"part": "tried", "fault": fault, "change": trial.change.words}
    for seed, before, after in zip(seeds, trial.before, trial.after, strict=True):
        yield {**about, "seed": seed, "gain": after - before}
