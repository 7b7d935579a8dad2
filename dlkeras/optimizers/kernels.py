"""TensorFlow's fused kernels, each the arithmetic of one equation in a single pass over the numbers."""

from __future__ import annotations

import keras
import tensorflow as tf

from dlkeras.optimizers.equation import computing_dtype, plain_variable


def serve(variable, alpha: tf.Tensor) -> bool:
    """Says whether kernels can update a variable: in its own precision, with one rate for all of it."""
    return (
        computing_dtype(variable) == keras.backend.standardize_dtype(variable.dtype) and alpha.shape.rank == 0
    )


def apply_gradient_descent(variable, alpha: tf.Tensor, g: tf.Tensor) -> None:
    """Does w = w - αg."""
    tf.raw_ops.ResourceApplyGradientDescent(var=plain_variable(variable).handle, alpha=alpha, delta=g)


def apply_momentum(variable, v, alpha: tf.Tensor, beta: float, g: tf.Tensor, nesterov: bool, averaged: bool):
    """Does v = βv + (1 - β)g, w = w - αv, or if not `averaged` v = βv - αg, w = w + v."""
    kernel = tf.raw_ops.ResourceApplyMomentum if averaged else tf.raw_ops.ResourceApplyKerasMomentum
    kernel(
        var=plain_variable(variable).handle,
        accum=v.value.handle,
        lr=alpha,
        grad=(1 - beta) * g if averaged else g,
        momentum=tf.constant(beta, alpha.dtype),
        use_nesterov=nesterov,
    )


def apply_adam(variable, m, v, alpha: tf.Tensor, beta_1, beta_2, epsilon: tf.Tensor, g: tf.Tensor) -> None:
    """Does m = m + (1 - β₁)(g - m), v = v + (1 - β₂)(g² - v), w = w - αm / (√v + ε).

    The kernel would correct the bias in the variable's precision, which costs four digits at t = 1. So α is
    corrected before, and a power of zero leaves it as it is.
    """
    zero = tf.zeros([], alpha.dtype)
    tf.raw_ops.ResourceApplyAdam(
        var=plain_variable(variable).handle,
        m=m.value.handle,
        v=v.value.handle,
        beta1_power=zero,
        beta2_power=zero,
        lr=alpha,
        beta1=beta_1,
        beta2=beta_2,
        epsilon=epsilon,
        grad=g,
    )
