"""Servers that keep the condition for one client, or for nobody, are told from those that keep it."""

import threading
from pathlib import Path

import pytest

from tasks.errors import StorageUnavailable
from tasks.storage.folder import Folder
from tasks.storage.probe import FOLDER, keeps_conditions


class Careless(Folder):
    """Looks whether there is an object, then writes it: right for one client, wrong for several."""

    def __init__(self, address: str):
        super().__init__(address)
        self._looked = threading.Barrier(2)

    def create(self, key: str, content: bytes) -> bool:
        if self.read(key) is not None:
            return False
        if content.startswith(b"racer"):
            try:
                self._looked.wait(timeout=0.2)  # two at least have looked before one writes
            except threading.BrokenBarrierError:
                return False
        self.write(key, content)
        return True


class Replacing(Folder):
    """Says that the second creation failed, and has replaced the object all the same."""

    def create(self, key: str, content: bytes) -> bool:
        new = self.read(key) is None
        self.write(key, content)
        return new


class Forgetful(Folder):
    """Tells all who race that somebody else won, and keeps nothing."""

    def create(self, key: str, content: bytes) -> bool:
        return False if content.startswith(b"racer") else super().create(key, content)


class Unheard(Folder):
    """Writes, and loses every second acknowledgement."""

    def __init__(self, address: str, ever: bool):
        super().__init__(address)
        self._count, self._ever = 0, ever

    def create(self, key: str, content: bytes) -> bool:
        made = super().create(key, content)
        self._count += 1
        if content.startswith(b"racer") and (self._count % 2 or not self._ever):
            raise StorageUnavailable("the connection was cut")
        return made


def test_a_folder_keeps_conditions_and_no_trace_of_the_question(tmp_path: Path) -> None:
    store = Folder(str(tmp_path))
    assert keeps_conditions(store)
    assert store.keys(FOLDER) == []


@pytest.mark.parametrize("kind", [Careless, Replacing, Forgetful])
def test_a_store_that_keeps_them_for_one_client_only_or_not_at_all_is_found_out(
    tmp_path: Path, kind: type[Folder]
) -> None:
    assert not keeps_conditions(kind(str(tmp_path)))


def test_lost_acknowledgements_accuse_nobody(tmp_path: Path) -> None:
    assert keeps_conditions(Unheard(str(tmp_path), ever=True))


def test_a_server_that_answers_nobody_is_not_judged(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="none of 16 requests"):
        keeps_conditions(Unheard(str(tmp_path), ever=False))
