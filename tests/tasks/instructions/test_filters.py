import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import RecordError
from tasks.instructions.filters import LONGEST_CHARS, Written, plain, read_reply, relevant_of
from tasks.instructions.prompts import Offered, offered
from tests.tasks.instructions.test_prompts import COIN, SET, SUN

TEXT = "When does the sun rise in Porto on 1 May 2026?"


@pytest.fixture
def apis() -> Offered:
    return offered([SUN, SET, COIN])


def reason_of(
    written: Written, apis: Offered, *, several: bool = False, before: frozenset[str] = frozenset()
) -> str:
    with pytest.raises(RecordError) as refusal:
        relevant_of(written, apis, several, before)
    assert refusal.value.evidence
    return refusal.value.reason


def test_a_good_instruction_gives_the_ids_of_its_apis(apis: Offered):
    written = Written(TEXT, (("Sun Times", "Set"), ("Sun Times", "Rise"), ("Sun Times", "Set")))
    assert relevant_of(written, apis, False, set()) == ("hub/sun/set", "hub/sun/rise")


def test_names_are_matched_whatever_their_case_and_blanks(apis: Offered):
    assert relevant_of(Written(TEXT, (("sun  times", "RISE "),)), apis, False, set()) == ("hub/sun/rise",)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (Written("Sun?", (("Sun Times", "Rise"),)), "too_short"),
        (Written("x" * (LONGEST_CHARS + 1), (("Sun Times", "Rise"),)), "too_long"),
        (Written(TEXT, ()), "no_relevant_api"),
        (Written(TEXT, (("Sun Times", "Rise V2"),)), "unknown_api"),
        (Written(TEXT, (("Sun Times", "Rise"), ("Moon", "Rise"))), "unknown_api"),
        (Written(TEXT, (("", "Rise"),)), "unknown_api"),
    ],
)
def test_what_is_no_instruction_is_rejected_with_its_reason(written: Written, reason: str, apis: Offered):
    assert reason_of(written, apis) == reason


def test_a_group_of_several_tools_needs_two(apis: Offered):
    one = Written(TEXT, (("Sun Times", "Rise"), ("Sun Times", "Set")))
    assert reason_of(one, apis, several=True) == "one_tool_only"
    assert len(relevant_of(Written(TEXT, (*one.named, ("Coin", "Flip"))), apis, True, set())) == 3


def test_the_same_words_do_not_count_twice(apis: Offered):
    again = Written("  " + TEXT.upper(), (("Sun Times", "Rise"),))
    assert reason_of(again, apis, before=frozenset({plain(TEXT)})) == "duplicate"


def test_a_reply_is_read_through_fences_and_words_around_it():
    reply = json.dumps(
        {"instructions": [{"instruction": f" {TEXT} ", "relevant_apis": [{"tool": "T", "api": "A"}]}]}
    )
    for text in (reply, f"```json\n{reply}\n```", f"Here you are:\n{reply}\nGood luck!"):
        assert read_reply(text) == [Written(TEXT, (("T", "A"),))]


def test_pairs_as_toolbench_writes_them_are_read():
    reply = json.dumps({"instructions": [{"instruction": TEXT, "relevant_apis": [["T", "A"]]}]})
    assert read_reply(reply)[0].named == (("T", "A"),)


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "I cannot do that.",
        "{",
        "[]",
        '{"instructions": 3}',
        '{"instructions": [',
        '{"queries": []}',
    ],
)
def test_a_reply_that_is_none_is_broken(content: str | None):
    with pytest.raises(RecordError) as refusal:
        read_reply(content)
    assert refusal.value.reason == "broken_reply"


def test_an_empty_list_says_that_nothing_was_written():
    with pytest.raises(RecordError) as refusal:
        read_reply('{"instructions": []}')
    assert refusal.value.reason == "nothing_written"


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["instructions", "instruction", "relevant_apis", "tool", "api"]), inner
            )
        ),
        max_leaves=12,
    ).map(json.dumps)
    | st.text(max_size=60)
)
def test_any_reply_gives_rows_or_reasons_and_nothing_else(content: str):
    apis = offered([SUN, COIN])
    try:
        for written in read_reply(content):
            relevant_of(written, apis, False, set())
    except RecordError as error:
        assert error.reason
