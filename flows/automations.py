"""Automations of the factory on the Prefect server: made once, brought up to date, found by their name.

The heartbeat automation acts on the server alone, so it also works where every worker and the reconciler
died. It cannot tell a dead flow run from a server that was away, so it waits longer than `flows.reconcile`,
which can.
"""

from datetime import timedelta
from typing import Any

from prefect.automations import Automation
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.labels import PROJECT
from flows.signs import HEARTBEAT

NAME = "toolfoundry: no heartbeat"
WITHIN = timedelta(minutes=5)
"""Ten heartbeats: a server that is restarted is not held against flow runs that it did not hear."""
_ENDS = frozenset(
    f"prefect.flow-run.{state}"
    for state in ("Completed", "Failed", "Cancelled", "Crashed", "Suspended", "Paused", "Skipped")
)
_BEGINS = frozenset({HEARTBEAT, "prefect.flow-run.Running"})
"""Running is said by the server: one that is killed before its first heartbeat is missed too."""


def heartbeat_automation() -> Automation:
    """Flow runs of the factory that stop sending heartbeats are crashed."""
    return Automation(
        name=NAME,
        description="Crashes flow runs of ToolFoundry that stop without a word; the reconciler is faster.",
        trigger=EventTrigger(
            after=set(_BEGINS),
            expect=set(_ENDS | {HEARTBEAT}),
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            match_related=ResourceSpecification(
                {"prefect.resource.role": ["tag"], "prefect.resource.id": [f"prefect.tag.{PROJECT}"]}
            ),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=WITHIN,
        ),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                name="Crashed",
                message=f"no heartbeat for {WITHIN.seconds} s: its worker or machine died; run it again to "
                "continue",
            )
        ],
    )


async def make_automations() -> None:
    """Make what is missing; what is there keeps its switch, and gets what has changed."""
    wanted = heartbeat_automation()
    try:
        known = await Automation.aread(name=NAME)
    except ValueError:  # Prefect's way to say that there is none
        await wanted.acreate()
        return
    if _content(known) != _content(wanted):
        changed = wanted.model_copy(update={"id": known.id, "enabled": known.enabled})
        await changed.aupdate()


def _content(automation: Automation) -> dict[str, Any]:
    """What we decide of it; the server numbers triggers."""
    shown = automation.model_dump(mode="json", include={"description", "trigger", "actions"})
    shown["trigger"].pop("id", None)
    for name in ("after", "expect", "for_each"):
        shown["trigger"][name] = sorted(shown["trigger"][name])
    return shown
