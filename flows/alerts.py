"""Alerts of what is spent as Prefect events, and the automation that sends them to a webhook.

    factory.spend.threshold   50, 80 or 100 % of a cap
    factory.spend.forecast    a run is going to pass its cap
    factory.spend.per_solved  a solved instruction costs twice what it did in the last ten runs

`foundry deploy` makes block and automation where `FOUNDRY_ALERT_WEBHOOK` is set. The address may hold a
token: it goes into a secret field of the block, and into no log, parameter or error.
"""

from typing import Any
from urllib.parse import urlsplit

from prefect.automations import Automation
from prefect.blocks.webhook import Webhook
from prefect.events import emit_event
from prefect.events.actions import CallWebhook
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.types import SecretDict
from pydantic import SecretStr

from tasks.annotation.forecast.projection import Projection, per_solved_alerts
from tasks.errors import ConfigurationError
from tasks.llm.spending.alerts import Alert
from tasks.llm.spending.watch import Watch
from tasks.storage.keys import key_of
from tasks.storage.table import Table

VARIABLE = "FOUNDRY_ALERT_WEBHOOK"
BLOCK = "toolfoundry-alerts"
NAME = "toolfoundry: spend alerts"
EVENTS = "factory.spend."
CHANNEL = "server"


def watch_of(table: Table) -> Watch:
    """Watches the caps of a table's run for the flow run that does its work, or waits for its shards."""
    stage, run = table.manifest.stage, table.manifest.run_id
    if stage != "annotate":
        return Watch(run, stage, emit, CHANNEL)
    return Watch(run, stage, emit, CHANNEL, Projection(table).usd)


def look_back(table: Table) -> None:
    """Alerts that only a finished run shows."""
    if table.manifest.stage == "annotate":
        watch_of(table).tell(per_solved_alerts(table.address))


def emit(alert: Alert) -> None:
    """Tell the Prefect server; it drops an event whose id it has seen."""
    emit_event(
        event=f"{EVENTS}{alert.kind}",
        resource={"prefect.resource.id": f"factory.run.{alert.run}", "prefect.resource.name": alert.run},
        payload=alert.to_plain(),
        id=alert.identity,
    )


async def make_alerts() -> bool:
    """Make block and automation, or bring them up to date; whether alerts are sent anywhere.

    Raises:
        ConfigurationError: the variable holds no address of a server.
    """
    address = key_of(VARIABLE)
    if not address:
        return False
    _require_address(address)
    block = Webhook(url=SecretStr(address), headers=SecretDict({"Content-Type": "application/json"}))
    document = await block.asave(BLOCK, overwrite=True)
    wanted = _automation(document)
    try:
        known = await Automation.aread(name=NAME)
    except ValueError:  # Prefect's way to say that there is none
        await wanted.acreate()
        return True
    if _content(known) != _content(wanted):
        await wanted.model_copy(update={"id": known.id, "enabled": known.enabled}).aupdate()
    return True


def _automation(document: Any) -> Automation:
    return Automation(
        name=NAME,
        description=f"Sends what ToolFoundry says of its spend to {VARIABLE}; switch it off here.",
        trigger=EventTrigger(
            expect={f"{EVENTS}*"},
            match=ResourceSpecification({"prefect.resource.id": ["factory.run.*"]}),
            posture=Posture.Reactive,
            threshold=1,
        ),
        actions=[CallWebhook(block_document_id=document, payload="{{ event.payload | tojson }}")],
    )


def _require_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError(f"{VARIABLE} is no address; write https://HOST/PATH (it is not shown here)")


def _content(automation: Automation) -> dict[str, Any]:
    """What we decide of it; the server numbers triggers."""
    shown = automation.model_dump(mode="json", include={"description", "trigger", "actions"})
    shown["trigger"].pop("id", None)
    for name in ("after", "expect", "for_each"):
        shown["trigger"][name] = sorted(shown["trigger"][name])
    return shown
