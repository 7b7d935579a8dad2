"""Exercises that a learner finishes, with a grader that says at which input the answer is wrong, and how.

`solutions/lab_NN.py` has the tasks of a lab with our solutions; the learner's files, in the lab's folder, are
made from it. `graders/lab_NN.py` says how they are checked: random inputs, an oracle that computes the same
in another way, and known mistakes by name.
"""

from dlkeras.learn.catalogue import exercises_of
from dlkeras.learn.exercise import Draw, Exercise

__all__ = ["Draw", "Exercise", "exercises_of"]
