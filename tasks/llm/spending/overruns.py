"""What servers billed beyond the reservations, for a run's report: nobody reserves after its last calls."""

from datetime import UTC, datetime

from tasks.errors import FactoryError
from tasks.llm.accounts import NANO
from tasks.llm.booking import scopes_of
from tasks.llm.ledger import Ledger, open_ledger


def overrun_notes(run: str, stage: str) -> list[str]:
    """A sentence for each model that was billed above its reservations, and for each cap that was passed."""
    try:
        ledger = open_ledger()
        billed = [_said(ledger, *each) for each in ledger.overruns(run, stage)]
        return [*billed, *_passed(ledger, run, stage)]
    except FactoryError as error:  # the work is done, and its report does not depend on the ledger
        return [f"whether servers billed more than was reserved is not known: {error}"]


def _said(ledger: Ledger, model: str, calls: int, nano_usd: int, tokens: int) -> str:
    factor = ledger.factor(model)
    since = f"; it reserves {factor:g} times its worst case until 'foundry spend trust {model}'"
    return (
        f"{model} billed {nano_usd / NANO:.4f} USD and {tokens:,} tokens more than was reserved, in {calls} "
        f"call{'s' if calls > 1 else ''}{since if factor > 1 else ''}"
    )


def _passed(ledger: Ledger, run: str, stage: str) -> list[str]:
    said = []
    days = sorted({*ledger.days(run, stage), f"{datetime.now(UTC):%Y-%m-%d}"})  # a long run has several
    for scope in dict.fromkeys(each for day in days for each in scopes_of(day, run, stage)):
        settled, _, cap_nano_usd, cap_tokens = ledger.account(scope)
        if cap_nano_usd is not None and settled.nano_usd > cap_nano_usd:
            above = (settled.nano_usd - cap_nano_usd) / NANO
            said.append(f"{scope} came to {above:.4f} USD above its cap of {cap_nano_usd / NANO:.4f} USD")
        if cap_tokens is not None and settled.tokens > cap_tokens:
            above_tokens = settled.tokens - cap_tokens
            said.append(f"{scope} came to {above_tokens:,} tokens above its cap of {cap_tokens:,} tokens")
    return said
