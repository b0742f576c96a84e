"""Several processes that search an archive for duplicates at the same time.

They are plain Python with a connection of their own each: no registry of Odoo, which
would take hundreds of megabytes in each, and no forking of a server with threads.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import fields
from pathlib import Path

_WORKER = Path(__file__).with_name("worker.py")


class PoolProblem(Exception):
    """A process ended, or could not do its batch."""


class Pool:
    """Processes that do batches of one step at a time.

    ::

        with Pool(connection, LEADS, settings, frequencies) as pool:
            pool.do("keys", ranges, progress=say, stop=is_cancelled)

    :param dict connection: arguments of ``psycopg2.connect``; Odoo's come from
        ``odoo.sql_db.connection_info_for(name)[1]``. They go through a pipe, so that
        no list of processes shows them.
    :param str source: SELECT of the records, see ``archive.LEADS``
    :param dict search: what ``archive_search.ArchiveSearch`` needs beside a matcher, to
        search names and customers of Odoo
    """

    def __init__(
        self, connection, source, settings, frequencies, processes=2, search=None
    ):
        self._start = json.dumps(
            {
                "connection": connection,
                "source": source,
                "settings": _values(settings),
                "frequencies": _values(frequencies),
                "search": search,
            }
        )
        self._count = processes
        self.processes = []

    def __enter__(self):
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        for _each in range(self._count):
            process = subprocess.Popen(
                [sys.executable, str(_WORKER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=environment,
            )
            self.processes.append(process)
            process.stdin.write(self._start + "\n")
            process.stdin.flush()
        return self

    def check(self):
        """Wait until each process has its connection.

        :raise PoolProblem: one of them has not
        """
        for process in self.processes:
            self._ask(process, "hello", 0, 0, False)

    def __exit__(self, *_error):
        for process in self.processes:
            # One that failed hears nothing any more.
            with contextlib.suppress(OSError):
                process.stdin.close()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()

    def do(self, step, ranges, progress=None, stop=None, again=False):
        """Do one step over ranges; each is committed by the process that does it.

        :param str step: ``keys``, ``forms``, ``indexes`` (numbers of
            ``archive.INDEXES``), ``vacuum``, ``candidates`` (``(part, parts)`` in the
            place of a range), ``scores``, or a step of
            ``archive_search.ArchiveSearch.do``
        :param ranges: ``(first, last)``, both included
        :param progress: function of the range that is done and what came of it; it is
            called by one thread at a time
        :param stop: function that says whether to stop after the batches at work
        :param bool again: an earlier try may have done part of it
        :return: the ranges that were not done, because of ``stop``
        :rtype: list[tuple[int, int]]
        :raise PoolProblem: a batch failed; those before it are committed
        """
        work, lock, problems = list(reversed(list(ranges))), threading.Lock(), []

        def serve(process):
            while True:
                with lock:
                    if problems or not work or (stop and stop()):
                        return
                    first, last = work.pop()
                try:
                    done = self._ask(process, step, first, last, again)
                except PoolProblem as problem:
                    problems.append(problem)
                    return
                if progress:
                    with lock:
                        progress((first, last), done)

        threads = [
            threading.Thread(target=serve, args=(process,))
            for process in self.processes
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if problems:
            raise problems[0]
        return work[::-1]

    def _ask(self, process, step, first, last, again):
        task = {"step": step, "first": first, "last": last, "again": again}
        try:
            process.stdin.write(json.dumps(task) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError as problem:
            raise PoolProblem(str(problem)) from problem
        if not line:
            raise PoolProblem("a process of the search ended before its batch was done")
        answer = json.loads(line)
        if "problem" in answer:
            raise PoolProblem(answer["problem"])
        return answer["done"]


def _values(record):
    """Return the values of a dataclass for JSON."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in values.items()
    }


def ranges_of(first, last, width):
    """Return the ranges ``(from, to)`` of so many ids between two ids."""
    return [
        (start, min(start + width - 1, last)) for start in range(first, last + 1, width)
    ]
