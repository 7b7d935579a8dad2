"""Why a Keras model does not learn, and what to change."""

from dlkeras.diagnosis.callback import Diagnosis
from dlkeras.diagnosis.problem import Change, Problem

__all__ = ["Change", "Diagnosis", "Problem"]
