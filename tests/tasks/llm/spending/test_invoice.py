from contextlib import suppress
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import ConfigurationError, FactoryError
from tasks.llm.spending.invoice import read_invoice

OPENAI_CSV = b"""\xef\xbb\xbfstart_time,end_time,start_time_iso,amount_value,amount_currency,line_item
1763683200,1763769600,2025-11-21T00:00:00+00:00,0.0123456789123,usd,"gpt-4o-mini-2024-07-18, input"
1763683200,1763769600,2025-11-21T00:00:00+00:00,1.5e-05,usd,"gpt-4o-mini-2024-07-18, output"
1763769600,1763856000,2025-11-22T00:00:00+00:00,,,
"""


def charges(content, **named):
    return [(each.day, each.item, each.usd) for each in read_invoice(content, **named).charges]


def test_openais_csv_is_read_to_the_last_digit():
    assert charges(OPENAI_CSV) == [
        ("2025-11-21", "gpt-4o-mini-2024-07-18, input", Decimal("0.0123456789123")),
        ("2025-11-21", "gpt-4o-mini-2024-07-18, output", Decimal("0.000015")),
    ]


def test_openais_endpoint_is_read_page_by_page():
    page = {
        "object": "page", "has_more": True,
        "data": [{
            "object": "bucket", "start_time": 1763683200, "end_time": 1763769600,
            "results": [{"object": "organization.costs.result", "line_item": "gpt-4o, input",
                         "amount": {"value": 0.06, "currency": "usd"}}],
        }, {"object": "bucket", "start_time": 1763769600, "end_time": 1763856000, "results": []}],
    }  # fmt: skip
    invoice = read_invoice(orjson.dumps(page))
    assert [(each.day, each.item, each.usd) for each in invoice.charges] == [
        ("2025-11-21", "gpt-4o, input", Decimal("0.06"))
    ]
    assert invoice.more
    assert not read_invoice(orjson.dumps([page, {**page, "has_more": False}])).more


def test_anthropics_endpoint_counts_in_cents():
    page = {
        "data": [{
            "starting_at": "2025-11-21T00:00:00Z", "ending_at": "2025-11-22T00:00:00Z",
            "results": [{"amount": "123.78912", "currency": "USD", "cost_type": "tokens",
                         "model": "claude-haiku-4-5-20251001", "description": "Claude Haiku 4.5 Usage"}],
        }],
        "has_more": False, "next_page": None,
    }  # fmt: skip
    invoice = read_invoice(orjson.dumps(page))
    assert invoice.unit == "cents"
    assert invoice.charges[0].usd == Decimal("1.2378912")
    assert invoice.charges[0].item == "claude-haiku-4-5-20251001"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"Date;Model;Cost (USD)\n2026-11-21;m;1.5\n", "1.5"),
        (b"day\tmodel\tspend\n2026-11-21\tm\t$1.5\n", "1.5"),
        (b'date,model,cost\n2026-11-21,m,"1,234.50"\n', "1234.50"),
        (b"date;model;cost\n2026-11-21;m;0,500\n", "0.5"),
        (b"date;model;cost\n2026-11-21;m;12,5\n", "12.5"),
        (b"date;model;cost\n2026-11-21;m;1,234.50\n", "1234.50"),
        (b"date,model,amount_cents\n2026-11-21,m,150\n", "1.5"),
        (b"date,model,amount\n2026-11-21,m,-1.5\n", "-1.5"),
        (b'{"date":"2026-11-21","model":"m","cost":1.5}\n{"date":"2026-11-21","model":"m"}\n', "1.5"),
        (b'[{"date":"2026-11-21","model":"m","cost":0.1}]', "0.1"),
    ],
)
def test_other_exports_are_read_as_well(content, found):
    assert charges(content) == [("2026-11-21", "m", Decimal(found))]


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        ("2026-11-21", "2026-11-21"),
        ("2026-11-21T23:30:00-05:00", "2026-11-22"),
        ("2026-11-21T00:30:00+02:00", "2026-11-20"),
        ("2026-11-21 10:00:00 UTC", "2026-11-21"),
        ("1795219200", "2026-11-21"),
        ("1795219200000", "2026-11-21"),
    ],
)
def test_days_are_those_of_utc(day, utc):
    assert charges(f"date,model,cost\n{day},m,1\n".encode())[0][0] == utc


def test_columns_can_be_named():
    content = b"when,what,how_much,cost\n2026-11-21,m,2,9\n"
    named = {"date": "when", "model": "what", "amount": "how_much"}
    assert charges(content, **named) == [("2026-11-21", "m", Decimal(2))]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no charges"),
        (b"date,model\n2026-11-21,m\n", "--amount-column"),
        (b"when,model,cost\n2026-11-21,m,1\n", "--date-column"),
        (b"date,model,cost\n21.11.2026,m,1\n", "no day"),
        (b"date,model,cost\n2026-11-21,m,lots\n", "no amount"),
        (b"date,model,cost\n2026-11-21,m,\n", "no charges"),
        (b"date,model,cost\n2026-11-21,m,1\n2026-11-22,m\n", "line 3 .* 2 cells and the first line 3"),
        (b"date,model,cost\n2026-11-21,m,1,234.50\n", "line 2 .* 4 cells"),
        (b'date,model,cost\n2026-11-21,m,"0,500"\n', "line 2 .*'0,500' is no amount"),
        (b"date;model;cost\n2026-11-21;m;1\n2026-11-22;m;1,500\n", "line 3 .* may be 1.500 or 1500"),
        (b"date,model,cost\n2026-11-21,m,NaN\n", "no amount"),
        (b'date,model,cost\n2026-11-21,m,"1,5"\n', "no amount"),
        (b"date,model,cost,currency\n2026-11-21,m,1,EUR\n", "EUR"),
        (b'{"a": ', "no JSON"),
        (b"[1]", "objects"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(content, said):
    with pytest.raises(ConfigurationError, match=said):
        read_invoice(content)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_nothing_that_is_handed_in_ends_in_a_traceback(content):
    with suppress(FactoryError):
        read_invoice(content)


@given(st.decimals(-1000, 1000, allow_nan=False, places=11))
def test_amounts_are_exact_whatever_their_digits(amount):
    assert charges(f"date,model,cost\n2026-11-21,m,{amount}\n".encode())[0][2] == amount
    json = f'[{{"date":"2026-11-21","model":"m","cost":{amount:f}}}]'
    assert charges(json.encode())[0][2] == amount
