"""The dask.distributed cluster that trials run on: processes of this machine, or one that exists."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
DEATHS = 3  # of the workers of one trial, after which the trial fails
THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
# What a worker does first. Ctrl-C goes to all processes of a terminal; the one that started the search ends
# its workers. TensorFlow greets on file descriptor 2 before any log level applies.
AT_START = """
import os, signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
kept, hidden = os.dup(2), os.open(os.devnull, os.O_WRONLY)
os.dup2(hidden, 2)
try:
    import keras
finally:
    os.dup2(kept, 2)
    os.close(kept)
    os.close(hidden)
"""


@contextlib.contextmanager
def connected(workers: int | None, scheduler: Any = None) -> Iterator[Any]:
    """Connects to a cluster, or starts one on this machine and ends it afterwards.

    A cluster that is started here has one process for each worker, each with its share of the cores. All of
    it listens on the loopback address alone, and has no dashboard.

    Args:
        workers: Processes to start where no scheduler is given, at least 1.
        scheduler: Address of a scheduler, or a `distributed.Client`, which stays open.

    Yields:
        The `distributed.Client`.

    Raises:
        TypeError: If the scheduler is neither.
        ValueError: If the address is not encrypted and of another machine.
    """
    from distributed import Client

    if isinstance(scheduler, Client):
        yield scheduler
    elif scheduler is not None:
        with Client(_checked(scheduler), set_as_default=False) as client:
            yield client
    else:
        with _local(workers) as cluster, Client(cluster, set_as_default=False) as client:
            yield client


def _checked(scheduler: Any) -> str:
    if not isinstance(scheduler, str):
        raise TypeError(
            "`scheduler` must be an address, such as 'tls://10.0.0.1:8786', or a distributed.Client. "
            f"Received: scheduler={scheduler!r}"
        )
    parts = urlsplit(scheduler)
    if parts.scheme == "tls" or (parts.scheme == "tcp" and _is_loopback(parts.hostname)):
        return scheduler
    raise ValueError(
        "`scheduler` must be a tls:// address, or a tcp:// address of this machine: whoever sees or reaches "
        f"plain tcp can run code on the workers. Received: scheduler={scheduler!r}. Give the cluster "
        "certificates, forward its port with ssh, or pass a distributed.Client of your own."
    )


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _local(workers: int):
    from dask.system import CPU_COUNT
    from distributed import LocalCluster

    threads = max(1, CPU_COUNT // workers)
    try:
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host=LOOPBACK,
            protocol="tcp://",
            dashboard_address=f"{LOOPBACK}:0",  # where dask always listens for questions after its health
            scheduler_kwargs={"dashboard": False, "allowed_failures": DEATHS - 1},
            memory_limit=0,  # dask would pause a worker for good whose memory TensorFlow keeps
            env=dict.fromkeys(THREADS, str(threads)),
            preload=[AT_START],
            silence_logs=logging.CRITICAL,
        )
    except RuntimeError as error:
        raise RuntimeError(
            "The workers could not be started. Each of them imports the script that starts the search: call "
            '`search` under `if __name__ == "__main__":`.'
        ) from error
