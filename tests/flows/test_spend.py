from pathlib import Path

import orjson
import pytest

from flows.__main__ import main
from tasks.llm.ledger import NANO, open_ledger
from tasks.llm.protocol import Usage
from tests.tasks.llm.ledger.calling import reserved
from tests.tasks.llm.spending.booked import HOSTILE, book, ledger_at

EXPORT = """start_time_iso,amount_value,amount_currency,line_item
2026-11-21T00:00:00+00:00,0.000002,usd,"gpt-4o-mini-2024-07-18, input"
2026-11-21T00:00:00+00:00,0.000001,usd,"gpt-4o-mini-2024-07-18, output"
"""


@pytest.fixture
def books(tmp_path: Path, own_world: Path) -> Path:
    """A ledger of one day, and the provider's export of it."""
    ledger = ledger_at(own_world / "ledger.sqlite")
    for minute in range(3):
        book(ledger, at=f"2026-11-21T23:5{minute}", cost=1_000, model="gpt-4o-mini")
    path = tmp_path / "costs.csv"
    path.write_text(EXPORT)
    return path


def reconciled(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = 0
    try:
        main(["spend", "reconcile", *map(str, words)])
    except SystemExit as ended:
        code = int(ended.code or 0)
    said = capsys.readouterr()
    return code, said.out, " ".join(said.err.split())


def test_books_that_agree_end_with_code_0(books: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = reconciled(capsys, "--invoice", books, "--tolerance-usd", 0, "--json")
    assert code == 0
    report = orjson.loads(out)
    assert report["agrees"] is True
    assert report["ledger_nano_usd"] == report["invoice_nano_usd"] == 3_000
    assert len(out.splitlines()) == 1
    assert "day from 'start_time_iso', model from 'line_item', USD from 'amount_value'" in err


def test_a_difference_beyond_the_tolerance_is_shown_and_ends_with_code_1(
    books: Path, own_world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book(ledger_at(own_world / "ledger.sqlite"), at="2026-11-21T10:00", cost=1, model="gpt-4o-mini")
    code, out, err = reconciled(capsys, "--invoice", books, "--tolerance-usd", 0, "--json")
    assert code == 1
    assert orjson.loads(out)["rows"][0]["difference_nano_usd"] == -1
    assert "-0.000000001" in err.replace(" ", "")
    assert reconciled(capsys, "--invoice", books)[0] == 0, "within a cent"


def test_a_price_in_percent_is_tolerated_as_told(
    books: Path, own_world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = ledger_at(own_world / "ledger.sqlite")
    book(ledger, at="2026-11-22T10:00", cost=100 * NANO, model="m", worst=100 * NANO)
    books.write_text("date,model,cost\n2026-11-22,m,101\n")
    assert reconciled(capsys, "--invoice", books)[0] == 1
    assert reconciled(capsys, "--invoice", books, "--tolerance-percent", 1)[0] == 0


def test_a_machine_and_another_provider_in_the_ledger_do_not_spoil_an_invoice(
    books: Path, own_world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = ledger_at(own_world / "ledger.sqlite")
    book(ledger, at="2026-11-21T10:00", cost=NANO, worst=NANO, model="laptop", kind="machine")
    code, _, err = reconciled(capsys, "--invoice", books, "--tolerance-usd", 0)
    assert code == 0
    assert "note: the ledger has 1 USD of kind machine" in err
    book(ledger, at="2026-11-21T10:01", cost=NANO, worst=NANO, model="claude-haiku-4-5")
    assert reconciled(capsys, "--invoice", books)[0] == 1
    assert reconciled(capsys, "--invoice", books, "--models", "gpt-*", "--models", "o*")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--invoice", "nowhere.csv"], "cannot be read"),
        (["--invoice", "{books}", "--ledger", "nowhere.sqlite"], "no ledger"),
        (["--invoice", "{books}", "--amount-column", "paid"], "no column 'paid'"),
        (["--invoice", "{books}", "--alias", "x"], "INVOICE=LEDGER"),
        (["--invoice", "{books}", "--tolerance-usd", "-1"], "tolerance"),
        (["--invoice", "{books}", "--since", "21.11.2026"], "'21.11.2026' is no day; write 2026-11-21"),
        (["--invoice", "{books}", "--until", "2026-11-1"], "--until '2026-11-1' is no day"),
        (["--invoice", "{books}", "--since", "2026-11-22", "--until", "2026-11-21"], "lies before --since"),
        (["--invoice", "{books}", "--since", "2026-12-01", "--until", "2026-12-02"], "nothing was billed"),
    ],
)
def test_a_mistake_is_one_sentence(
    words: list[str], said: str, books: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = reconciled(capsys, *(word.format(books=books) for word in words))
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_an_invoice_are_shown_as_they_are(
    text: str, books: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    books.write_bytes(orjson.dumps([{"date": "2026-11-21", "model": f"[bold]{text}", "cost": 5}]))
    code, out, _ = reconciled(capsys, "--invoice", books, "--json")
    assert code == 1
    assert len(orjson.loads(out)["rows"]) == 2


def spend(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = 0
    try:
        main(["spend", *words])
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, " ".join(capsys.readouterr().err.split())


def test_a_cap_is_set_raised_listed_and_lifted(own_world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "holds no cap" in spend(capsys, "cap")[1]
    ledger = open_ledger()
    for words, caps in (
        (("day", "20"), (20 * NANO, None)),
        (("day", "--tokens", "5000"), (20 * NANO, 5000)),
        (("day", "21.5", "--tokens", "none"), (21_500_000_000, None)),
        (("day", "none"), (None, None)),
    ):
        assert spend(capsys, "cap", *words)[0] == 0
        assert ledger.account("day")[2:] == caps
    spend(capsys, "cap", "run:r/annotate", "3")
    said = spend(capsys, "cap")[1]
    assert "run:r/annotate" in said and "3.000000000" in said and "day" not in said


def test_a_model_is_trusted_again(own_world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = open_ledger()
    ledger.settle(reserved(ledger, 100), Usage(), 1_000, 0.1, "ok")
    assert "m (10 times)" in spend(capsys, "trust")[1]
    assert spend(capsys, "trust", "m") == (0, "m reserved 10 times its worst case, and is trusted again")
    assert ledger.factor("m") == 1.0
    code, said = spend(capsys, "trust", "m")
    assert code == 2 and "'m' is trusted" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["quota:weather", "1"], "is no scope of a cap"),
        (["day:2026-13-01", "1"], "is no scope of a cap"),
        (["run:r"], "say which cap run:r gets"),
        (["run:r", "much"], "'much' is no cap; give a number of USD, or 'none'"),
        (["run:r", "nan"], "a cap of nan USD is none"),
        (["run:r", "--tokens", "0.5"], "'0.5' is no cap; give a number of tokens, or 'none'"),
    ],
)
def test_what_is_no_cap_is_one_sentence_and_sets_none(
    words: list[str], said: str, own_world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, err = spend(capsys, "cap", *words)
    assert code == 2 and said in err
    assert "holds no cap" in spend(capsys, "cap")[1]
