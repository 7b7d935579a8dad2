"""Lab 11: the four optimizers, each from its equations."""

import numpy as np


def descent(w, gradients, rate):
    """Takes many steps of plain gradient descent, each with a gradient of its own.

        w_t = w_(t-1) - rate · g_t,   t = 1, ..., T

    Args:
        w: First weights, (n,). They stay as they are.
        gradients: g_1, ..., g_T, (T, n).
        rate: Learning rate.

    Returns:
        w_T, (n,).
    """
    for g in gradients:
        w = w - rate * g
    return w


def momentum(w, gradients, rate, beta):
    """Takes many steps of momentum, in the course's form.

        v_0 = 0
        v_t = β v_(t-1) + (1 - β) g_t
        w_t = w_(t-1) - rate · v_t,   t = 1, ..., T

    Args:
        w: First weights, (n,). They stay as they are.
        gradients: g_1, ..., g_T, (T, n).
        rate: Learning rate.
        beta: β, from 0 up to 1.

    Returns:
        w_T, (n,).
    """
    v = np.zeros(len(w))
    for g in gradients:
        v = beta * v + (1 - beta) * g
        w = w - rate * v
    return w


def rmsprop(w, gradients, rate, beta, epsilon):
    """Takes many steps of RMSprop.

        s_0 = 0
        s_t = β s_(t-1) + (1 - β) g_t²
        w_t = w_(t-1) - rate · g_t / (√s_t + ε),   t = 1, ..., T

    Args:
        w: First weights, (n,). They stay as they are.
        gradients: g_1, ..., g_T, (T, n).
        rate: Learning rate.
        beta: β of the average of squares, from 0 up to 1.
        epsilon: ε, outside of the root; large here, so that its place can be seen.

    Returns:
        w_T, (n,).
    """
    s = np.zeros(len(w))
    for g in gradients:
        s = beta * s + (1 - beta) * g**2
        w = w - rate * g / (np.sqrt(s) + epsilon)
    return w


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
    m, v = np.zeros(len(w)), np.zeros(len(w))
    for t, g in enumerate(gradients, start=1):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
        w = w - rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return w
