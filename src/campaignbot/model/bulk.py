"""Work on things by the ten thousand."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Python looks for no cycles meanwhile: posts, drafts and rows hold none, and by the ten thousand they make it walk
    the whole campaign again and again, a fifth of the time. Of several threads, each one that found it looking lets it
    look again."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()


def kept() -> None:
    """Python looks for cycles no more in whatever there is now. For what stays as long as the process does, and is so
    much that looking through it now and then would take as long as the work beside it."""
    gc.freeze()
