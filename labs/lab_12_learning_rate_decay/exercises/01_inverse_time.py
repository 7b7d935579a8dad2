"""Lab 12, exercise 1: `make lab-12` shows it in "ways".

The lab is labs/lab_12_learning_rate_decay.
`make learn-12` checks this file each time that it is saved.
"""


def inverse_time(first_rate, decay_rate, epoch):
    """Lowers the learning rate with the number of the epoch.

        rate = first_rate / (1 + decay_rate · epoch)

    Args:
        first_rate: α₀, the rate of epoch 0.
        decay_rate: How fast it falls.
        epoch: Number of the epoch, from 0.

    Returns:
        The rate of this epoch, a number.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
