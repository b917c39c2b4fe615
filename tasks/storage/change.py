"""What differs between two crawls of a marketplace, API by API, and what that touches (pure).

An API has changed where its record has: what the marketplace documents, not how fast or how well it answered
when it was probed, nor at which host. Two kinds are told apart, because they reach rows by different ways:

    shown     what models read of it (names, descriptions, parameters): instructions that need it are written
              anew, and so are their trajectories
    answers   the documented answer, the path that is called: instructions stay, trajectories that called it
              are searched anew

and `gone` is what is documented or kept no more. An instruction hangs on the APIs it needs, a trajectory on
those and on the ones its tree called. APIs that were offered beside them and never called stand in the prompt
of both, but nothing was said or learned of them that could be wrong now: they touch nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import orjson

from tasks.records import Api, Instruction, Trajectory
from tasks.storage.canonical import digest

CHANGED = "api_changed"
REMOVED = "api_removed"
_ANSWERS = ("url", "example_response", "writes")


@dataclass(frozen=True, slots=True)
class Change:
    """APIs that are not what they were, by id."""

    gone: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    """Among them none that is in `shown`."""
    new: frozenset[str] = frozenset()

    @property
    def figures(self) -> dict[str, int]:
        """How many of each kind."""
        return {f"apis_{kind}": len(getattr(self, kind)) for kind in ("gone", "shown", "answers", "new")}

    def of_instruction(self, instruction: Instruction) -> list[str]:
        """APIs for which an instruction is retired, gone ones first."""
        needed = dict.fromkeys(instruction.relevant_api_ids or instruction.api_ids)
        return sorted(
            (api_id for api_id in needed if api_id in self.gone | self.shown),
            key=lambda api_id: (api_id not in self.gone, api_id),
        )

    @property
    def any(self) -> bool:
        """Whether there is something by which a row can be touched."""
        return bool(self.gone or self.shown or self.answers)

    def of_trajectory(self, needed: Iterable[str], called: Iterable[str]) -> frozenset[str]:
        """APIs for which a tree is searched anew: that it called, or that models read of and it needs.

        One that it needs, never called, and that answers otherwise now told it nothing.
        """
        asked = frozenset(called)
        return (self.gone | self.shown) & (asked | frozenset(needed)) | self.answers & asked

    def touching(self, apis: Iterable[str]) -> frozenset[str]:
        """Those of some APIs that are not what they were."""
        return (self.gone | self.shown | self.answers).intersection(apis)


def change_between(before: Iterable[Api], after: Iterable[Api]) -> Change:
    """What differs between two catalogues."""
    old, new = ({api.api_id: api for api in apis} for apis in (before, after))
    both = old.keys() & new.keys()
    shown = {api_id for api_id in both if _shown(old[api_id]) != _shown(new[api_id])}
    answers = {api_id for api_id in both - shown if _answers(old[api_id]) != _answers(new[api_id])}
    return Change(
        frozenset(old.keys() - new.keys()),
        frozenset(shown),
        frozenset(answers),
        frozenset(new.keys() - old.keys()),
    )


def called(trajectory: Trajectory) -> set[str]:
    """APIs that a tree called, on whichever branch."""
    names = [function["name"] for function in orjson.loads(trajectory.functions)]
    pairs = list(zip(names, trajectory.api_ids, strict=False))  # Finish, the last function, has no API
    said = {node["description"] for node in orjson.loads(trajectory.tree) if node["kind"] == "action"} - {""}
    return {api_id for name, api_id in pairs if any(name.endswith(each) for each in said)}


def why(apis: Collection[str], change: Change) -> tuple[str, str]:
    """Reason and evidence of a reject, for the APIs that touched a row."""
    gone = [api_id for api_id in apis if api_id in change.gone]
    return (REMOVED, ", ".join(gone)) if gone else (CHANGED, ", ".join(apis))


def _shown(api: Api) -> str:
    return digest({name: value for name, value in asdict(api).items() if name not in _ANSWERS}, 16)


def _answers(api: Api) -> str:
    return digest([urlsplit(api.url).path, api.example_response, api.writes], 16)
