"""Functions that write a text in one way, and leave what is written so alone."""

from functools import lru_cache, wraps

_TRIES = 3


def settled(maxsize, usual=None):
    """Decorate a function of one text so that it changes nothing twice.

    It is run until nothing changes any more. A text that never settles is left as it
    was written: nobody could tell what it means.

    :param int maxsize: of how many texts the results are remembered
    :param re.Pattern usual: of plain results, which needn't be asked once more
    """

    def decorate(function):
        @lru_cache(maxsize=maxsize)
        @wraps(function)
        def run(text):
            done = text
            for _try in range(_TRIES):
                again = function(done)
                if again == done or (usual and usual.fullmatch(again)):
                    return again
                done = again
            return done if function(done) == done else text

        return run

    return decorate
