"""Lab 12, exercise 3: `make lab-12` shows it in "floor".

The lab is labs/lab_12_learning_rate_decay.
`make learn-12` checks this file each time that it is saved.
"""


def staircase(first_rate, epoch, every):
    """Halves the learning rate after some epochs, again and again.

        rate = first_rate · (1/2)^k,   k = epoch / every, rounded down

    Args:
        first_rate: Rate of the first stair.
        epoch: Number of the epoch, from 0.
        every: Epochs on a stair, at least 1.

    Returns:
        The rate of this epoch.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
