"""Tasks with known answers, made ready to be judged: which of their facts can be checked, and why not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.environment.tasks_file import KnownTask, is_tasks_file, read_tasks
from tasks.errors import ConfigurationError
from tasks.facts.checkable import Frequencies, loose_paths
from tasks.records import Instruction
from tasks.storage.addresses import is_s3
from tasks.storage.table import Table


@dataclass(frozen=True, slots=True)
class Checked:
    """A task and what of it can be checked."""

    task: KnownTask
    loose: dict[str, str]
    """Paths of facts that a constant answer could tell, and why."""
    countable: bool
    """False: no fact of it can be checked, so that it is reported and not counted."""

    @property
    def instruction(self) -> Instruction:
        """What was asked."""
        return self.task.instruction

    @property
    def solvable(self) -> bool:
        """Nothing said counts as solvable."""
        return self.instruction.solvable is not False

    @property
    def apis(self) -> tuple[str, ...]:
        """APIs that the right answer takes; of a task that cannot be solved those it was made around."""
        called = dict.fromkeys(self.task.call_api_ids or self.instruction.relevant_api_ids)
        return tuple(called)


@dataclass(frozen=True, slots=True)
class KnownAnswers:
    """All tasks of a file or table, in their order."""

    tasks: tuple[Checked, ...]
    frequencies: Frequencies

    def by_id(self) -> dict[str, Checked]:
        """Tasks by instruction id and by their own id in the file; an instruction id wins."""
        named = {each.instruction.source_id: each for each in self.tasks if each.instruction.source_id}
        return named | {each.instruction.instruction_id: each for each in self.tasks}


def load_known(place: str) -> KnownAnswers:
    """Read tasks with their facts.

    Args:
        place: a tasks file of the sandbox, or the address of an instructions table with expected facts.

    Raises:
        ConfigurationError: nothing there, malformed, or without a single task that says what is expected.
    """
    known = made_ready(_tasks_of(place))
    if not any(each.instruction.expected_facts or not each.solvable for each in known.tasks):
        raise ConfigurationError(
            f"{place} says of no instruction what a right answer tells; give a tasks file of the sandbox "
            "(python -m infra.sandbox.tasks), or instructions with expected facts"
        )
    return known


def made_ready(tasks: Sequence[KnownTask]) -> KnownAnswers:
    """Find out which facts can be checked, given all tasks."""
    frequencies = Frequencies()
    for task in tasks:
        for fact in task.instruction.expected_facts:
            frequencies.note(place_of(task, fact.path), fact.value, call_of(task, fact.path))
    return KnownAnswers(tuple(_checked(task, frequencies) for task in tasks), frequencies)


def place_of(task: KnownTask, path: str) -> str:
    """API and path in its answer of a fact; for end states the path itself."""
    head, _, tail = path.partition(".")
    if head == "state" or not head.isdecimal():
        return path
    apis = task.call_api_ids or task.instruction.relevant_api_ids
    return f"{apis[int(head)]} {tail}" if int(head) < len(apis) else path


def call_of(task: KnownTask, path: str) -> str:
    """What tells the call behind a fact from others; the task's id where calls are not known."""
    head = path.partition(".")[0]
    known = head.isdecimal() and int(head) < len(task.call_keys)
    return task.call_keys[int(head)] if known else task.instruction.instruction_id


def _checked(task: KnownTask, frequencies: Frequencies) -> Checked:
    facts = task.instruction.expected_facts
    shares = {
        fact.path: frequencies.share_of_others(
            place_of(task, fact.path), fact.value, call_of(task, fact.path)
        )
        for fact in facts
    }
    loose = loose_paths(facts, task.instruction.text, shares)
    return Checked(task, loose, task.instruction.solvable is False or len(loose) < len(facts))


def _tasks_of(place: str) -> Sequence[KnownTask]:
    path = Path(place)
    if not is_s3(place) and path.suffix in (".json", ".jsonl"):
        if not is_tasks_file(path):
            raise ConfigurationError(
                f"{place} is a query file of ToolBench, which does not say what a right answer tells"
            )
        return read_tasks(path).tasks
    table = Table.open(place)
    if table.manifest.stage != "instruct":
        raise ConfigurationError(f"{place} holds the output of '{table.manifest.stage}', not instructions")
    return [_of_table(each) for each in table.records(Instruction, "instructions")]


def _of_table(instruction: Instruction) -> KnownTask:
    return KnownTask(instruction, (), (), -1)


def expecting_state(tasks: Iterable[Checked]) -> int:
    """How many tasks have a fact about an end state."""
    return sum(any(fact.kind == "state" for fact in each.instruction.expected_facts) for each in tasks)
