import pytest

from tasks.facts import judge
from tests.tasks.facts.written import fact


def told(answer, value, key="name", asked="What is it?"):
    return judge(answer, [fact(value, "text", f"0.{key}")], asked).correct


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("sao paulo", "São Paulo"),
        ("SÃO PAULO", "Sao Paulo"),
        ("St Brigid’s Day", "Saint Brigid's Day"),
        ("Allied Irish Banks plc", "Allied Irish Banks, p.l.c."),
        ("National Westminster Bank", "NATIONAL WESTMINSTER BANK PUBLIC LIMITED COMPANY"),
        (
            "the Federico Fellini airport of Rimini-Miramare",
            "Rimini / Miramare - Federico Fellini International Airport",
        ),
        ("dotted A5 notebook", "Notebook, A5, dotted"),
        ("Catalunya", "Catalunya [Cataluña]"),
        ("autonomous communities", "Autonomous community"),
        ("two thousand three hundred and sixty-six", "two thousand, three hundred and sixty-six"),
        ("Christmas", "Christmas Day"),
        ("new moon", "new_moon"),
        ("Tue", "Tuesday"),
        ("January", "jan"),
        ("about one second", "1 second"),
    ],
)
def test_names_are_told_as_people_spell_them(said, value):
    assert told(f"It is {said}.", value)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Christmas Eve", "Christmas Day"),
        ("Paris", "Lisbon"),
        ("nine thousand one hundred", "one thousand nine hundred"),
        ("three pairs", "two pair"),
        ("every 30 minutes from Monday to Friday", "every 15 minutes from Monday to Friday"),
    ],
)
def test_other_names_are_refused(said, value):
    assert not told(f"It is {said}.", value)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("DE40 1001 0010 0000 0123 45", "DE40100100100000012345"),
        ("haspdehhxxx", "HASPDEHHXXX"),
        ("978-0-306-40615-7", "9780306406157"),
        ("9780306406157", "978-0-306-40615-7"),
        ("gcg gcc cat tac", "GCGGCCCATTAC"),
        ("0-306-40615-2", "0306406152"),
        ("UTM 31V", "V"),
        ("267 164", "267164"),
        ("nine", "9"),
        ("31 in 32", "31/32"),
        ("dsiering@example.org.", "dsiering@example.org"),
        ("c23nb73", "c23nb73"),
        ("🇯🇵", "🇯🇵"),
    ],
)
def test_codes_may_be_grouped_and_in_small_letters(said, value):
    assert told(f"It is {said}", value, "band" if value == "V" else "code")


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("HASPDEHHXXX1", "HASPDEHHXXX"),
        ("1267164", "267164"),
        ("it is in the middle", "IN"),
        ("There is no way", "NO"),
        ("21 °C", "C"),
        ("a letter", "A"),
    ],
)
def test_codes_are_not_found_in_words_and_longer_codes(said, value):
    assert not told(said, value, "code")


def test_countries_and_languages_may_be_told_by_name():
    assert told("South Korea", "KR", "country")
    assert told("It is in Japan (JP).", "Japan", "country")
    assert told("German", "de", "language")
    assert not told("North Korea", "KR", "country")
    assert not told("Canada", "CA", "state")


def test_a_unit_may_have_another_name():
    assert told("metres per second", "meter / second", "unit")
    assert not told("metres per hour", "meter / second", "unit")


def test_a_list_is_told_in_any_order_and_complete():
    def lists(answer, *members):
        return judge(answer, [fact(list(members), "list", "0.countries")], "Which?").correct

    assert lists("Portugal and Estonia", "EE", "PT")
    assert lists("2³ × 3² × 5", 2, 2, 2, 3, 3, 5)
    assert lists("Jan 1 and 3 April", "2026-01-01", "2026-04-03")
    assert not lists("Portugal", "EE", "PT")
    assert not lists("2 × 3 × 5", 2, 2, 2, 3, 3, 5)
    assert not lists("Portugal, Spain, France, Italy, Malta and Estonia", "EE", "PT")
