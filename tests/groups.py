"""Which tests pytest-xdist may not part: nothing that is dear is set up twice.

One group, one worker: all that train, the files of a folder that shares fixtures (`tests/flows` with its
Prefect server is one, but for what is clicked), the tests of a file. The mark that pytest-xdist 3.8 has for
groups would do, but it writes it into a field of the test that pytest 9.2 no longer reads.
"""

from pathlib import Path
from typing import Any

CLICKING = "tests/flows by clicking"
LONGEST = ("tests/flows", CLICKING, "tests/tasks/training")
"""Groups that take longest, first: what is begun last is waited for by an idle worker."""
CLICKED = ("tests/flows/test_retry.py", "tests/flows/test_schedules.py")
"""Minutes in a browser: worth a second clone with its server, beside the other."""
CLONE = Path(__file__).resolve().parents[1]


def group_of(nodeid: str) -> str:
    """Name of the group that a test belongs to."""
    file = nodeid.partition("::")[0]
    if file in CLICKED:
        return CLICKING
    folder = file.rpartition("/")[0]
    shares = folder != "tests" and (CLONE / folder / "conftest.py").exists()
    return folder if shares or folder in LONGEST else file


def rank_of(nodeid: str) -> int:
    """When a test is begun: lower ones first."""
    group = group_of(nodeid)
    return LONGEST.index(group) if group in LONGEST else len(LONGEST)


def scheduler(config: Any, log: Any) -> Any:
    """The scheduler of pytest-xdist that keeps scopes together, our groups as its scopes."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):  # type: ignore[misc]  # only there where pytest-xdist is
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return Groups(config, log)
