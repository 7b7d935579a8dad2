"""Lab 15, exercise 4: `make lab-15` shows it in "changed-data".

The lab is labs/lab_15_pandas_and_caviar.
`make learn-15` checks this file each time that it is saved.
"""

import numpy as np


def price_of_yesterday(yesterday, today):
    """Computes what it costs to keep yesterday's best setting on the data of today.

        kept = the setting with the least error of yesterday
        price = today's error of that setting - the least error of today

    Args:
        yesterday: Error of each setting on the old data, (k,).
        today: Error of each setting on the changed data, (k,).

    Returns:
        The price, at least 0.
    """
    raise NotImplementedError  # TODO: your lines in the place of this one
