"""Lab 2, exercise 4: `make lab-2` shows it in "graph".

The lab is labs/lab_02_backpropagation.
`make learn-2` checks this file each time that it is saved.
"""


def layer_backward(dZ, A_before, W):
    """Goes back through one layer Z = W A_before + b, for all samples at once.

        dW = dZ A_before^T
        db = the sum of dZ over the samples
        dA_before = W^T dZ

    dZ is the derivative of a cost that is a mean over the samples: the 1/m is in it already.

    Args:
        dZ: Derivative of the cost by Z, (n, m): units by samples.
        A_before: What came into the layer, (n_before, m).
        W: Weights, (n, n_before).

    Returns:
        dW, (n, n_before), db, (n, 1), and dA_before, (n_before, m).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
