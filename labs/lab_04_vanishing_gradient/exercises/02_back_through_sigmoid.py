"""Lab 4, exercise 2: `make lab-4` shows it in "gradient-norms".

The lab is labs/lab_04_vanishing_gradient.
`make learn-4` checks this file each time that it is saved.
"""


def back_through_sigmoid(dA, A, W):
    """Goes back through one sigmoid layer, from its outputs to its inputs.

        A = sigmoid(Z),  Z = W A_before + b
        dA_before = W^T (dA * A (1 - A))

    The slope A (1 - A) is at most 1/4: with weights that are not large, less comes out than went in.

    Args:
        dA: Derivative of the cost by A, (n, m): units by samples.
        A: Outputs of the layer, (n, m).
        W: Weights, (n, n_before).

    Returns:
        dA_before, (n_before, m).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
