"""Bills above the reservation, and the factor that rises for all processes."""

from tasks.llm.accounts import Refusal, Reservation
from tasks.llm.ledger import NANO, Ledger
from tasks.llm.protocol import Usage
from tests.postgres import looking
from tests.tasks.llm.ledger.calling import STAGE, key, reserved, today


def test_what_is_billed_above_the_reservation_is_an_overrun_and_raises_the_factor_for_all(
    ledger: Ledger,
) -> None:
    other = Ledger(ledger.place)
    ledger.set_cap(STAGE, 2000 / NANO)
    first, second = reserved(ledger, 100, "i"), reserved(other, 100, "j")
    ledger.settle(first, Usage(1000), 1000, 0.1, "ok")
    assert ledger.factor("m") == other.factor("m") == 10.0
    with looking(ledger.place) as rows:
        assert rows("SELECT cost, overrun, reserved FROM calls WHERE id=?", first) == [(1000, 900, 100)]
    assert other.reserve(key(), 91, "test") == Refusal(today().replace(today(), STAGE), 2000, 1000, 100, 910)
    third = other.reserve(key(), 90, "test")
    assert isinstance(third, Reservation) and third.worst == 900
    other.settle(third.call_id, Usage(), 850, 0.1, "ok")
    other.settle(second, Usage(), 30, 0.1, "ok")
    assert ledger.factor("m") == 10.0, "a bill below the reservation lowers nothing"
    assert isinstance(ledger.reserve(key(model="another"), 100, "test"), Reservation)
    ledger.forget_factor("m")
    assert other.factor("m") == 1.0
    other.close()


def test_the_factor_rises_with_tokens_where_a_server_costs_nothing(ledger: Ledger) -> None:
    ledger.settle(reserved(ledger, 0, tokens=40), Usage(output=50), 0, 0.1, "ok")
    assert ledger.factor("m") == 1.25
    assert ledger.account(STAGE).settled == (0, 50)
