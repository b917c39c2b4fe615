"""Account numbers: schwifty against python-stdnum's check digits."""

from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "bank-identifiers"
SECOND = "python-stdnum"
LICENCE = "LGPL-2.1"

IBANS = (
    "DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606", "NO9386011117947",
    "PT50000201231234567890154", "ES9121000418450200051332", "CH9300762011623852957", "NL91ABNA0417164300",
    "IT60X0542811101000000123456", "SE4550000000058398257466", "PL61109010140000071219812874",
    "AT611904300234573201", "BE68539007547034", "FI2112345600000785", "DK5000400440116243",
)  # fmt: skip


def pairs(hub: Hub) -> Iterator[Pair]:
    """Fifteen sound numbers of as many countries, and each of them with one digit changed."""
    from stdnum import iban as stdnum

    for sound in IBANS:
        other = str((int(sound[-1]) + 1) % 10)
        for number in (sound, sound[:-1] + other):
            ours = hub.get(TOOL, "iban", number)["valid"]
            yield Pair(number, ours, stdnum.is_valid(number, check_country=False))
