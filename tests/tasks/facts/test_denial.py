import pytest

from tasks.facts import judge
from tests.tasks.facts.written import fact


def told(answer):
    return judge(answer, [fact(42.5, path="0.distance_km", tolerance=0.005)], "How far is it?").correct


@pytest.mark.parametrize(
    "answer",
    [
        "It is not 42.5 km.",
        "I doubt that it is 42.5 km.",
        "I very much doubt 42.5 km.",
        "42.5 km is wrong.",
        "42.5 km? No.",
        "Is it 42.5 km?",
        "It isn't, as some say, 42.5 km.",
        "Rather than 42.5 km it is more.",
        "It is 42.5 km. That is not true.",
        "It is 42.5 km. I made that up.",
        "None of the following is true: 42.5 km.",
        "Nobody would say 42.5 km.",
        "Neither 40 nor 42.5 km.",
        "It would be a mistake to say 42.5 km.",
        "The claim that it is 42.5 km is false.",
        "It is anything but 42.5 km.",
        "It can't be 42.5 km.",
    ],
)
def test_a_value_that_is_denied_is_not_told(answer):
    assert not told(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "It's 42.5 km, not 43.",
        "No, it is 42.5 km.",
        "It is not 43 but 42.5 km.",
        "The first try failed, so I asked again: 42.5 km.",
        "I did not find the road, but as the crow flies it is 42.5 km.",
        "It is no less than 42.5 km.",
        "There is no doubt that it is 42.5 km.",
        "Don't forget to bring water: it is 42.5 km.",
        "It isn't far: 42.5 km.",
        "The ferry does not run; the way around is 42.5 km.",
        "I could not reach the second service. The distance is 42.5 km.",
        "It is 42.5 km. The return is not included.",
    ],
)
def test_a_denial_of_something_else_does_no_harm(answer):
    assert told(answer)
