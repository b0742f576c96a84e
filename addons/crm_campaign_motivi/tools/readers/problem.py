"""Why a file can't be read."""


class TableProblem(Exception):
    """A file can't be read; ``code`` says why and ``details`` with what."""

    def __init__(self, code, **details):
        super().__init__(code)
        self.code = code
        self.details = details
