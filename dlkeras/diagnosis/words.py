"""The words for causes and symptoms, what they mean, and the lab that shows them."""

from __future__ import annotations

# Cause -> what it means, and the lab that shows it (None where no lab does).
CAUSES: dict[str, tuple[str, int | None]] = {
    "output_activation": ("the last activation does not fit the targets or the loss", 17),
    "loss_choice": ("the loss does not fit the task, the targets or the output", 17),
    "hidden_activation": ("an activation inside that makes signals vanish or explode, or none at all", 3),
    "weight_init": ("weights that begin too small, too large or all equal", 5),
    "learning_rate_high": ("a learning rate that is too high", 1),
    "learning_rate_low": ("a learning rate that is too low", 1),
    "optimizer": ("an optimizer, or a setting of it, that does not fit", 11),
    "input_scale": ("inputs that are not scaled, scaled twice, or scaled in one part alone", 7),
    "target_scale": ("targets far from unit scale", 7),
    "labels": ("labels that are wrong, shifted or in another coding", 17),
    "data_nan": ("NaN or infinity in the data", 19),
    "numerics": ("a logarithm, division or root without a guard", 17),
    "epochs": ("too few epochs", 1),
    "batch_size": ("a batch that is too large or too small", 9),
    "batchnorm": ("moving averages of BatchNormalization that do not fit", 16),
    "shape": ("shapes that do not match and are stretched to match", 19),
    "regularisation": ("regularisation that is too strong, or missing", 6),
    "architecture": ("a network that is too deep, too narrow or too large", 4),
    "frozen": ("weights that must learn and are frozen", None),
    "imbalance": ("classes of which one is rare", None),
    "split": ("the order of the samples, or how they were split", None),
}

SYMPTOMS: dict[str, str] = {
    "nan": "numbers that are not finite",
    "exploding_gradient": "gradients that grow without bound",
    "vanishing_gradient": "gradients that vanish on their way to the first layer",
    "dead_relu": "units that are zero on every sample",
    "saturated_units": "units at the flat ends of their activation",
    "constant_output": "the same prediction for every sample",
    "not_learning": "predictions no better than a constant",
    "slow_convergence": "a training that has hardly begun",
    "divergence": "a loss that rises",
    "oscillation": "a loss that goes up and down",
    "negative_loss": "a loss below zero",
    "underfitting": "less learned than the samples give",
    "overfitting": "samples learned by heart",
    "misleading_metric": "a number that looks better than the model is",
}
