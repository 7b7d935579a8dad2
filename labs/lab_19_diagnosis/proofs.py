"""What the first change that the diagnosis proposes gains: tried from some seeds by the diagnosis itself."""

import logging

import trainings

from dlkeras.diagnosis import Diagnosis


def try_first(fit, fault, settings):
    """Trains a fault, asks what is wrong, and tries the answer; nothing where only the user can change it.

    Args:
        fit: Trains a model on samples, with held-out ones, watched by a diagnosis.
        fault: A name of `trainings.FAULTS`.
        settings: Of the lab.
    """
    logging.getLogger("tensorflow").setLevel("ERROR")  # it warns of many new models, which are meant
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
