"""The marketplace as it stands at one moment: what is offered, what of it is broken, and the clock."""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from infra.sandbox.hub.catalogue import Catalogue
from infra.sandbox.hub.clock import EPOCH, Clock
from infra.sandbox.hub.documents import catalogue_version
from infra.sandbox.hub.drift import make_plan
from infra.sandbox.hub.errors import NotFound, WrongMethod
from infra.sandbox.hub.fault import Fault
from infra.sandbox.hub.plants import truth
from infra.sandbox.hub.tool import Api, Names, Tool


class Offer(NamedTuple):
    """An API, the tool it belongs to, and what is wrong with it."""

    tool: Tool
    api: Api
    fault: Fault | None


class Marketplace:
    """What the hub serves; `move` is the only thing that changes it."""

    def __init__(
        self,
        catalogue: Catalogue,
        planted: Mapping[Names, Fault],
        seed: int,
        moment: datetime.datetime = EPOCH,
        drift: float = 0.0,
    ) -> None:
        """Open the marketplace.

        Args:
            catalogue: every tool there is or will be.
            planted: fault of each planted API.
            seed: decides keys, chance and drift.
            moment: where the clock stands at first.
            drift: speed at which the marketplace changes, times the authors' rate.
        """
        self.seed = seed
        self._planted = planted
        described = _described(catalogue, planted)
        self._plan = make_plan(described, planted, seed, drift)
        self._whole_version = catalogue_version(described, truth(planted), [seed, drift] if drift else [])
        self.move(moment)

    def move(self, moment: datetime.datetime) -> None:
        """Set the clock, forth or back."""
        self.clock = Clock(moment)
        self.catalogue = self._plan.catalogue_at(moment)
        passed = self._plan.passed(moment)
        self.version = catalogue_version(Catalogue({}), self._whole_version, passed)
        self._offers: dict[str, list[Offer]] = {}

    def truth(self) -> list[dict[str, object]]:
        """Return what is wrong and what will change, as the JSON rows of ``--plants-to``."""
        return [*truth(self._planted), *self._plan.truth()]

    def find(self, tool_slug: str, method: str, segments: list[str]) -> tuple[Offer, dict[str, str]]:
        """Return what is offered at an address, with the arguments in its path.

        Raises:
            NotFound: no tool, or none of its APIs, has this address.
            WrongMethod: the address answers another method.
        """
        other_method = ""
        for offer in self._offers.get(tool_slug) or self._offers_of(tool_slug):
            path = _matched(offer.api.segments, segments)
            if path is not None and offer.api.method == method:
                return offer, path
            if path is not None:
                other_method = offer.api.method
        if other_method:
            raise WrongMethod(f"call this API by {other_method}, not {method}")
        raise NotFound(f"'{tool_slug}' has no API at this address; its page is /hub/tools/{tool_slug}")

    def _offers_of(self, tool_slug: str) -> list[Offer]:
        tool = self.catalogue.tools.get(tool_slug)
        if tool is None:
            raise NotFound(f"there is no tool '{tool_slug[:60]}'; see /hub/tools")
        # Fixed segments win over arguments: /cities/search is not /cities/{id}.
        apis = sorted(tool.apis, key=lambda api: [segment[0] == "{" for segment in api.segments])
        offers = [Offer(tool, api, self._planted.get((tool_slug, api.slug))) for api in apis]
        self._offers[tool_slug] = offers
        return offers


def _described(catalogue: Catalogue, planted: Mapping[Names, Fault]) -> Catalogue:
    """Return the catalogue with the descriptions that faults give; other tools are the very same objects."""
    tools: dict[str, Tool] = {}
    for (slug, name), fault in planted.items():
        tool = tools.get(slug, catalogue.tools[slug])
        apis = [
            replace(api, description=fault.described(api)) if api.slug == name else api for api in tool.apis
        ]
        if [api.description for api in apis] != [api.description for api in tool.apis]:
            tools[slug] = replace(tool, apis=apis)
    return catalogue.with_tools(tools)


def _matched(template: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    path = {}
    for expected, given in zip(template, segments, strict=True):
        if expected[0] == "{":
            path[expected[1:-1]] = given
        elif expected != given:
            return None
    return path
