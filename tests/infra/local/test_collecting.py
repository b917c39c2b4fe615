"""In a process of its own: who turns the collector off turns it off for all tests."""

import subprocess
import sys

from tests.conftest import CLONE

SERVER = """
import ast, gc, time, weakref
from infra.local.collecting import collect_between_parses
from tests.parsing import Finalized, failures
collect_between_parses()
print(len(failures(lambda: ast.parse(open("notebooks/spend.py").read()), 6)))
left = weakref.ref(Finalized())
gc.isenabled() and gc.collect()
until = time.monotonic() + 60
while left() and time.monotonic() < until:
    time.sleep(0.1)
print(left() is None)
"""


def test_threads_of_a_server_parse_at_once_and_garbage_goes() -> None:
    run = subprocess.run(
        [sys.executable, "-c", SERVER], cwd=CLONE, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["0", "True"]
