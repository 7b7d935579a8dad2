"""Lab 4, exercise 5: `make lab-4` shows it in "accuracy-by-depth".

The lab is labs/lab_04_vanishing_gradient.
`make learn-4` checks this file each time that it is saved.
"""

import keras


def depth_stack(depth, width, activation, num_inputs, num_classes):
    """Builds a stack of Dense layers in Keras.

        keras.Input((num_inputs,))
        depth times: Dense with `width` units and the activation
        Dense with num_classes units and no activation: logits

    Args:
        depth: Number of hidden layers, at least 1.
        width: Units of each.
        activation: Its name, such as "sigmoid".
        num_inputs: Columns of the data.
        num_classes: Number of classes.

    Returns:
        A `keras.Sequential`, not compiled.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
