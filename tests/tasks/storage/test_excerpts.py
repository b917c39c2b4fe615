from tasks.records import Reject
from tasks.storage.excerpts import excerpt, excerpts


def test_short_values_are_shown_whole() -> None:
    assert excerpts("sunny", "sunless") == ["sunny", "sunless"]
    assert excerpts(("a", "b"), ()) == ['["a","b"]', "[]"]
    assert excerpts(None, 1.5) == ["null", "1.5"]


def test_a_text_that_goes_on_is_shown_from_where_the_other_ends() -> None:
    before, after = excerpts("x" * 300, "x" * 300 + "end")
    assert before == "..." + "x" * 30
    assert after == "..." + "x" * 30 + "end"


def test_a_row_is_one_line_without_its_empty_fields() -> None:
    assert excerpt(Reject("crawl", "hub/sun", "slow", "")) == (
        '{"stage":"crawl","subject_id":"hub/sun","reason":"slow"}'
    )
    assert excerpt(Reject("crawl", "x", "slow", "y" * 900)).endswith("yyy...")
