"""Lab 18, exercise 1: `make lab-18` shows it in "cost".

The lab is labs/lab_18_framework.
`make learn-18` checks this file each time that it is saved.
"""

import tensorflow as tf


def slope_by_tape(cost, w):
    """Lets TensorFlow compute a gradient by a tape.

        with tf.GradientTape() as tape: the cost is computed, and the tape writes down how
        tape.gradient(cost, w) goes back through what was written

    Args:
        cost: A function from a tensor (n,) to a tensor that is a number.
        w: Where the gradient is asked for, a NumPy array (n,). A tape follows a `tf.Variable` by itself, and
            a tensor only after `tape.watch(tensor)`.

    Returns:
        The gradient, a NumPy array (n,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
