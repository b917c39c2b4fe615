"""The marketplace as it stands at one moment: what is offered, what of it is broken, and the clock."""

import datetime
from collections.abc import Mapping

from infra.sandbox.hub.catalogue import Catalogue
from infra.sandbox.hub.clock import EPOCH, Clock


class Marketplace:
    """What the hub serves; `move` is the only thing that changes it."""

    def __init__(
        self,
        catalogue: Catalogue,
        planted: Mapping[tuple[str, str], str],
        seed: int,
        moment: datetime.datetime = EPOCH,
    ) -> None:
        self.catalogue = catalogue
        self.planted = planted
        self.seed = seed
        self.clock = Clock(moment)

    def move(self, moment: datetime.datetime) -> None:
        """Set the clock, forth or back."""
        self.clock = Clock(moment)
