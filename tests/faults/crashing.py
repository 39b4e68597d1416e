"""A process that dies at a commit: before it, after it, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest

from workflows import store


class Died(BaseException):
    """The process is gone: nothing after this line was done by it."""


class Mortal:
    """A database whose process may be made to die at a commit; it is then opened anew."""

    def __init__(self, url: str, at: datetime) -> None:
        self.house = store.travelling(url, at)

    def dies(self) -> None:
        """Forget everything this process knew; the office goes on in another."""
        self.house.close()
        self.house = store.travelling(self.house.url, self.house.now)

    @contextmanager
    def dying(self, where: str, commits: int = 1) -> Iterator[None]:
        """Die at the commit of that number: `where` is 'before', 'after' or 'never'."""
        if where == "never":
            yield
            return
        commit, left = store.Transaction.commit, [commits]

        def commit_and_die(tx: store.Transaction) -> None:
            left[0] -= tx.writing
            if tx.writing and not left[0] and where == "before":
                raise Died
            writing = tx.writing
            commit(tx)
            if writing and not left[0]:
                raise Died

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store.Transaction, "commit", commit_and_die)
            try:
                yield
            except Died:
                self.dies()
