"""Exercises that a learner finishes, with a grader that says at which input the answer is wrong, and how.

`graders/lab_NN.py` has the exercises of a lab: our solution, whose docstring is the task, random inputs, an
oracle that computes the same in another way, and known mistakes by name. The learner's files, in the lab's
folder, are made from it and hold the task alone.
"""

from dlkeras.learn.catalogue import exercises_of
from dlkeras.learn.exercise import Draw, Exercise

__all__ = ["Draw", "Exercise", "exercises_of"]
