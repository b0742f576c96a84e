"""Reads rows of lists in processes of their own, beside the database's work.

A worker imports the plain tools of the addons only, not Odoo: it starts in a moment,
holds no connection, and takes a few dozen megabytes.
"""

import os
import pickle
import resource
import signal
import subprocess
import sys
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

#: Address space of one worker, in bytes.
WORKER_MEMORY = 2_000_000_000
_HEADER = 8
#: The addons whose tools a worker imports, by their folders.
_PACKAGES = ("crm_callcenter", "crm_dedup", "crm_campaign_motivi")


class RowWorkers:
    """Some processes that read rows with one reader.

    :param reader: has ``read_row(number, cells)`` and can be pickled
    :param int count: of processes
    """

    def __init__(self, reader, count=2):
        self._free = SimpleQueue()
        self._processes = [_start() for _number in range(count)]
        self._threads = ThreadPoolExecutor(count, "list_import")
        for process in self._processes:
            _send(process.stdin, reader)
            self._free.put(process)
        self._count = count

    def read_rows(self, rows):
        """Begin to read rows.

        :param list rows: ``(row number, cells)`` of each
        :return: a function that waits for the rows as the reader returns them
        :rtype: callable
        """
        size = max(1, -(-len(rows) // self._count))
        blocks = [rows[at : at + size] for at in range(0, len(rows), size)]
        found = [self._threads.submit(self._read_block, block) for block in blocks]
        return lambda: [row for block in found for row in block.result()]

    def _read_block(self, block):
        process = self._free.get()
        try:
            _send(process.stdin, block)
            return _receive(process.stdout)
        finally:
            self._free.put(process)

    @property
    def pids(self):
        """The numbers of the processes."""
        return [process.pid for process in self._processes]

    def close(self):
        """End the processes."""
        for process in self._processes:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()
        self._threads.shutdown(wait=False, cancel_futures=True)


def _start():
    import odoo.addons

    folders = {
        name: next(
            str(Path(path, name))
            for path in odoo.addons.__path__
            if Path(path, name).is_dir()
        )
        for name in _PACKAGES
    }
    return subprocess.Popen(
        [sys.executable, __file__, *(f"{name}={folders[name]}" for name in folders)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _send(pipe, message):
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    pipe.write(len(data).to_bytes(_HEADER, "big") + data)
    pipe.flush()


def _receive(pipe):
    header = pipe.read(_HEADER)
    if len(header) < _HEADER:
        raise EOFError("A process that reads rows has ended.")
    return pickle.loads(pipe.read(int.from_bytes(header, "big")))  # noqa: S301


def _work():
    """Be a worker: read blocks of rows until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whoever waits for an answer of the server comes first.
    os.nice(10)
    # Odoo limits the time of its own processes; ours end with their parent.
    for which, value in (
        (resource.RLIMIT_CPU, resource.RLIM_INFINITY),
        (resource.RLIMIT_AS, WORKER_MEMORY),
    ):
        hard = resource.getrlimit(which)[1]
        if hard != resource.RLIM_INFINITY:
            value = hard if value == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, hard))
    folders = dict(argument.split("=", 1) for argument in sys.argv[1:])
    _import_plainly("odoo", [])
    _import_plainly("odoo.addons", [])
    for name, folder in folders.items():
        _import_plainly(f"odoo.addons.{name}", [folder])
    source, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        reader = _receive(source)
        while True:
            block = _receive(source)
            _send(out, [reader.read_row(number, cells) for number, cells in block])
    except (EOFError, BrokenPipeError):
        os._exit(0)


def _import_plainly(name, folders):
    """Make a package whose modules can be imported without what it does itself."""
    module = types.ModuleType(name)
    module.__path__ = folders
    sys.modules[name] = module


if __name__ == "__main__":
    # Beside this file lie modules whose names must hide nobody else's.
    sys.path = [path for path in sys.path if Path(path or ".") != Path(__file__).parent]
    _work()
