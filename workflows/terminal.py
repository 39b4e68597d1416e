"""Progress of long work, on a terminal."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def progress_bar(name: str, size: int, *, shown: bool = True) -> Generator[Callable[[int], None]]:
    """Yield a function that is told how many of `size` bytes are done; silent in a log file."""
    hidden = None if shown else True
    with tqdm(total=size, unit="B", unit_scale=True, desc=name, disable=hidden) as bar:

        def progress(done: int) -> None:
            bar.update(done - bar.n)

        yield progress
