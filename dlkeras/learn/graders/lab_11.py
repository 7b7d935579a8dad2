"""Lab 11: the four optimizers, each from its equations."""

import numpy as np

from dlkeras.learn.exercise import Exercise


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


def _steps(draw):
    n = draw.dim()
    return draw.normal(n), draw.normal(draw.size, n), draw.number(0.05, 0.5)


def _with_beta(draw):
    return (*_steps(draw), draw.number(0.5, 0.95))


def _rmsprop_inputs(draw):
    return (*_with_beta(draw), draw.number(0.05, 0.5))


def _adam_inputs(draw):
    return (*_steps(draw), draw.number(0.5, 0.95), draw.number(0.7, 0.99), draw.number(0.05, 0.5))


def _average(values, beta):
    """The weighted average after all values, written out as a sum."""
    count = len(values)
    return sum((1 - beta) * beta ** (count - 1 - i) * value for i, value in enumerate(values))


def _momentum_written_out(w, gradients, rate, beta):
    return w - rate * sum(_average(gradients[: t + 1], beta) for t in range(len(gradients)))


def _rmsprop_written_out(w, gradients, rate, beta, epsilon):
    for t, g in enumerate(gradients):
        w = w - rate * g / (_average(gradients[: t + 1] ** 2, beta) ** 0.5 + epsilon)
    return w


def _adam_written_out(w, gradients, rate, beta_1, beta_2, epsilon):
    for t in range(1, len(gradients) + 1):
        m_hat = _average(gradients[:t], beta_1) / sum((1 - beta_1) * beta_1**i for i in range(t))
        v_hat = _average(gradients[:t] ** 2, beta_2) / sum((1 - beta_2) * beta_2**i for i in range(t))
        w = w - rate * m_hat / (v_hat**0.5 + epsilon)
    return w


EXERCISES = [
    Exercise(
        descent,
        _steps,
        lambda w, gradients, rate: w - rate * gradients.sum(axis=0),
        "ravine",
        ("`for g in gradients:` goes through the steps.", "`w = w - rate * g` makes a new array each time."),
        {
            "This goes up.": ("w - rate", "w + rate"),
            "Only the last gradient is used.": ("in gradients", "in gradients[-1:]"),
            "Only the first gradient is used.": ("in gradients", "in gradients[:1]"),
            "The rate is missing.": ("rate * g", "g"),
            "Only the sign of the gradient is used.": ("rate * g", "rate * np.sign(g)"),
        },
    ),
    Exercise(
        momentum,
        _with_beta,
        _momentum_written_out,
        "ravine",
        (
            "v starts as zeros, of the shape of w.",
            "First the average v, then the step, which goes by v alone.",
        ),
        {
            "This is Keras' form: the factor 1 - β is missing.": ("(1 - beta) * g", "g"),
            "β and 1 - β are the other way round.": (
                "beta * v + (1 - beta) * g",
                "(1 - beta) * v + beta * g",
            ),
            "The step is taken before v has the new gradient.": (
                "        v = beta * v + (1 - beta) * g\n        w = w - rate * v",
                "        w = w - rate * v\n        v = beta * v + (1 - beta) * g",
            ),
            "v starts at the first gradient, not at zero.": ("np.zeros(len(w))", "gradients[0]"),
            "v forgets: it starts anew in each step.": ("beta * v +", "0 * v +"),
            "The step goes by the gradient, not by its average.": ("rate * v", "rate * g"),
        },
    ),
    Exercise(
        rmsprop,
        _rmsprop_inputs,
        _rmsprop_written_out,
        "loss-by-rate",
        (
            "s averages squares, entry by entry: `g**2`.",
            "The step divides g itself, not its average; ε is added behind the root.",
        ),
        {
            "ε stands inside of the root; here it is outside.": (
                "(np.sqrt(s) + epsilon)",
                "np.sqrt(s + epsilon)",
            ),
            "The root is missing.": ("np.sqrt(s)", "s"),
            "The gradient is not squared.": ("g**2", "np.abs(g)"),
            "All entries share one average: squares are summed over the weights.": ("g**2", "np.sum(g**2)"),
            "β and 1 - β are the other way round.": (
                "beta * s + (1 - beta) * g**2",
                "(1 - beta) * s + beta * g**2",
            ),
            "The step divides the average of squares by the gradient.": (
                "g / (np.sqrt(s) + epsilon)",
                "np.sqrt(s) / (g + epsilon)",
            ),
        },
    ),
    Exercise(
        adam,
        _adam_inputs,
        _adam_written_out,
        "side-by-side",
        (
            "Momentum and RMSprop together; `enumerate(gradients, start=1)` gives t.",
            "Keep m and v as they are; the corrected ones get names of their own.",
            "w = w - rate * m_hat / (np.sqrt(v_hat) + epsilon)",
        ),
        {
            "t begins at 0 and divides by zero: it begins at 1.": ("start=1", "start=0"),
            "t begins at 2.": ("start=1", "start=2"),
            "ε stands inside of the root; here it is outside.": (
                "(np.sqrt(v_hat) + epsilon)",
                "np.sqrt(v_hat + epsilon)",
            ),
            "ε is added before the correction, as Keras does; here it is added after it.": (
                "(np.sqrt(v_hat) + epsilon)",
                "((np.sqrt(v) + epsilon) / np.sqrt(1 - beta_2**t))",
            ),
            "The averages are not corrected.": (
                "m / (1 - beta_1**t), v / (1 - beta_2**t)",
                "m, v",
            ),
            "v is not corrected.": ("v / (1 - beta_2**t)", "v"),
            "m is not corrected.": ("m / (1 - beta_1**t)", "m"),
            "The corrected averages are carried on to the next step.": (
                "m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)",
                "m, v = m / (1 - beta_1**t), v / (1 - beta_2**t)\n        m_hat, v_hat = m, v",
            ),
            "β₁ and β₂ are the other way round.": (
                "m = beta_1 * m + (1 - beta_1) * g\n",
                "beta_1, beta_2 = (beta_2, beta_1) if t == 1 else (beta_1, beta_2)\n"
                "        m = beta_1 * m + (1 - beta_1) * g\n",
            ),
            "The root is missing.": ("np.sqrt(v_hat)", "v_hat"),
        },
    ),
]
