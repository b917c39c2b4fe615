"""Every record class, and an example; light, because processes of tests import it."""

import dataclasses
from typing import Any

from tasks import records, tables

RECORDS: list[type[Any]] = [
    found
    for found in vars(records).values()
    if dataclasses.is_dataclass(found) and found not in (records.Parameter, records.ExpectedFact)
]
"""Every record class that is a table's row; parameters and facts are columns of others."""


def a_trajectory(number: int, **changed: Any) -> records.Trajectory:
    """A small trajectory that differs from its neighbours."""
    given = {
        "trajectory_id": f"{number:016x}/DFS_woFilter_w2",
        "instruction_id": f"{number:016x}",
        "source_id": "",
        "group": "I1",
        "split": "train",
        "method": "DFS_woFilter_w2",
        "teacher": "rehearsal-strong",
        "teacher_kind": "rehearsal",
        "environment": "live",
        "snapshot": "",
        "text": f"When does the sun rise on day {number}?",
        "win": True,
        "finish_type": "give_answer",
        "final_answer": f"at {number % 24} o'clock",
        "query_count": 3,
        "api_calls": 2,
        "prompt_tokens": 1000 + number,
        "completion_tokens": 50,
        "tree": '[{"node_id":0}]',
        "messages": f'[{{"role":"user","content":"day {number}"}}]',
        "functions": "[]",
        "api_ids": ("hub/sun/rise", "hub/sun/set"),
    }
    return records.Trajectory(**{**given, **changed})


assert set(tables.VERSIONS) == set(RECORDS), "every record has its schema"
