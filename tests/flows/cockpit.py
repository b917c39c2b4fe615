"""The Prefect UI as an operator uses it: pages are opened and clicked on, in a browser."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Locator, Page, expect
from prefect.client.orchestration import get_client

from tests.browsing import PATIENCE_MS, browser_page
from tests.flows.conftest import Clone

PATIENT_MS = 3 * PATIENCE_MS
"""For what the server has to do before the page shows it."""


class Cockpit:
    """A browser's page in the UI that opens by default (its second version)."""

    def __init__(self, clone: Clone, page: Page):
        self.page = page
        self._ui = clone.settings["PREFECT_API_URL"].removesuffix("/api") + "/v2"

    def retry(self, run: UUID) -> None:
        """Menu, Retry, and Retry again where the dialog asks whether it is meant."""

        def click() -> Locator:
            self.page.goto(f"{self._ui}/runs/flow-run/{run}")
            self.page.get_by_role("main").get_by_role("button", name="Open menu").first.click()
            self.page.get_by_role("menuitem", name="Retry").click()
            return self.page.get_by_role("alertdialog").get_by_role("button", name="Retry")

        self._send(click, "/set_state")

    def state_of(self, run: UUID, state: str) -> None:
        """See that the page of a flow run shows a state."""
        self.page.goto(f"{self._ui}/runs/flow-run/{run}")
        shown = self.page.get_by_role("main").get_by_text(state, exact=True).first
        expect(shown).to_be_visible(timeout=PATIENT_MS)

    def message_of(self, run: UUID, words: str) -> None:
        """See that the page of a flow run says why it ended as it did."""
        self.page.goto(f"{self._ui}/runs/flow-run/{run}?tab=Details")
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=PATIENT_MS)

    def deployment(self, name: str) -> None:
        """Open the page of a deployment."""
        with get_client(sync_client=True) as client:
            identity = client.read_deployment_by_name(f"{name}/{name}").id
        self.page.goto(f"{self._ui}/deployments/deployment/{identity}")
        expect(self.page.get_by_role("tab", name="Runs")).to_be_visible(timeout=PATIENT_MS)

    def run_with(self, deployment: str, fields: Mapping[str, str]) -> None:
        """Run, Custom run, fill in the form, Submit."""

        def click() -> Locator:
            self.deployment(deployment)
            self.page.get_by_role("button", name="Run", exact=True).click()
            self.page.get_by_role("menuitem", name=re.compile("Custom run", re.IGNORECASE)).click()
            fill(self.page.get_by_role("main"), fields)
            return self.page.get_by_role("button", name="Submit")

        self._send(click, "/create_flow_run")

    def add_schedule(self, deployment: str, every_s: int, fields: Mapping[str, str]) -> None:
        """Schedule, Interval, every so many seconds with these parameters, Save."""

        def click() -> Locator:
            self.deployment(deployment)
            self.page.get_by_role("button", name="Schedule", exact=True).click()
            dialog = self.page.get_by_role("dialog")
            dialog.get_by_label("Value").fill(str(every_s))
            dialog.get_by_role("combobox", name="Interval").click()
            self.page.get_by_role("option", name="Seconds").click()
            fill(dialog, fields)
            return dialog.get_by_role("button", name="Save")

        self._send(click, "/schedules")

    def change_schedule(self, deployment: str, fields: Mapping[str, str]) -> None:
        """The only schedule's menu, Edit, other parameters, Save."""

        def click() -> Locator:
            self.deployment(deployment)
            self._schedules().get_by_role("button", name="Open menu").first.click()
            self.page.get_by_role("menuitem", name="Edit").click()
            dialog = self.page.get_by_role("dialog")
            fill(dialog, fields)
            return dialog.get_by_role("button", name="Save")

        self._send(click, "/schedules/")

    def pause_schedule(self, deployment: str) -> None:
        """Switch the only schedule of a deployment off."""

        def click() -> Locator:
            self.deployment(deployment)
            switch = self._schedules().get_by_role("switch").first
            expect(switch).to_be_checked(timeout=PATIENT_MS)
            return switch

        self._send(click, "/schedules/")
        expect(self._schedules().get_by_role("switch").first).not_to_be_checked(timeout=PATIENT_MS)

    def picture(self, path: Path) -> None:
        """Keep what the page shows."""
        self.page.screenshot(path=path)

    def _schedules(self) -> Locator:
        return self.page.get_by_role("complementary")

    def _send(self, click: Callable[[], Locator], path: str) -> None:
        """Do what leads to a button and press it; again where the server's database was locked (SQLite)."""
        for _ in range(5):
            button = click()
            with self.page.expect_response(
                lambda answer: path in answer.url and answer.request.method != "OPTIONS", timeout=PATIENT_MS
            ) as answered:
                button.click()
            if answered.value.ok:
                return
            assert answered.value.status == 503, f"{answered.value.url} answers {answered.value.status}"
        raise AssertionError(f"the server did not take what was sent to {path}")


def fill(form: Locator, fields: Mapping[str, str]) -> None:
    """Fill in fields by their label, which stands before `(Optional)`; on and off turn a switch."""
    for label, value in fields.items():
        named = re.compile(rf"^{re.escape(label)}( \(Optional\))?$")
        choice = form.get_by_role("button", name=f"Select {label}", exact=True)
        if value in ("on", "off"):
            switch = form.get_by_role("switch", name=named)
            if switch.is_checked() != (value == "on"):
                switch.click()
        elif choice.count():
            choice.click()
            form.page.get_by_role("option", name=value, exact=True).click()
        else:
            form.get_by_label(named).last.fill(value)


@contextmanager
def cockpit(clone: Clone) -> Iterator[Cockpit]:
    """A fresh browser on the clone's UI."""
    with browser_page(width=1300, height=1500) as page:
        page.set_default_timeout(PATIENT_MS)
        yield Cockpit(clone, page)
