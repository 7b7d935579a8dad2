"""Lab 16, exercise 5: `make lab-16` shows it in "small".

The lab is labs/lab_16_batch_normalization.
`make learn-16` checks this file each time that it is saved.
"""

import numpy as np


def batch_norm_backward(dOut, Z, gamma, epsilon):
    """Goes back through batch normalization.

        with z_norm = (z - μ) / √(σ² + ε) and z_new = γ z_norm + β:
        dγ = the sum over the samples of dOut * z_norm
        dβ = the sum over the samples of dOut
        dN = dOut * γ
        dZ = (dN - the mean of dN - z_norm * the mean of dN * z_norm) / √(σ² + ε)

    The two means are over the samples: μ and σ² depend on every sample of the batch.

    Args:
        dOut: Derivative of the cost by z_new, (m, units).
        Z: What came in, (m, units).
        gamma: γ, (units,).
        epsilon: ε, added to the variance.

    Returns:
        dZ, (m, units), dγ, (units,), and dβ, (units,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
