"""Lab 11, exercise 4: `make lab-11` shows it in "side-by-side".

The lab is labs/lab_11_optimizers.
`make learn-11` checks this file each time that it is saved.
"""

import numpy as np


def adam(w, gradients, rate, beta_1, beta_2, epsilon):
    """Takes many steps of Adam.

        m_0 = v_0 = 0
        m_t = β₁ m_(t-1) + (1 - β₁) g_t,     m̂_t = m_t / (1 - β₁^t)
        v_t = β₂ v_(t-1) + (1 - β₂) g_t²,    v̂_t = v_t / (1 - β₂^t)
        w_t = w_(t-1) - rate · m̂_t / (√v̂_t + ε),   t = 1, ..., T

    Args:
        w: First weights, (n,). They stay as they are.
        gradients: g_1, ..., g_T, (T, n).
        rate: Learning rate.
        beta_1: β₁ of the average of gradients, from 0 up to 1.
        beta_2: β₂ of the average of squares, from 0 up to 1.
        epsilon: ε, outside of the root; large here, so that its place can be seen.

    Returns:
        w_T, (n,).
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
