from collections.abc import Generator

from tasks.search.abreast import abreast
from tasks.search.effects import Ask, Effects, Outcomes, Reply


def part(name: str, rounds: int) -> Generator[Effects, Outcomes, str]:
    heard = ""
    for number in range(rounds):
        outcomes = yield (Ask((), (), name, number),) * (number + 1)
        heard += "".join(str(outcome.content) for outcome in outcomes if isinstance(outcome, Reply))
    return f"{name}:{heard}"


def driven(search: Generator[Effects, Outcomes, list[str]]) -> tuple[list[list[str]], list[str]]:
    """What went out in each round, and what was made; every effect is answered by what it asked for."""
    rounds: list[list[str]] = []
    try:
        effects = next(search)
        while True:
            asked = [f"{e.instruction_id}{e.ordinal}" for e in effects if isinstance(e, Ask)]
            rounds.append(asked)
            effects = search.send(tuple(Reply(each) for each in asked))
    except StopIteration as done:
        return rounds, done.value


def test_parts_are_asked_in_rounds_and_each_hears_its_own():
    rounds, made = driven(abreast([part("a", 1), part("b", 3), part("c", 2)]))
    assert rounds == [["a0", "b0", "c0"], ["b1", "b1", "c1", "c1"], ["b2"] * 3]
    assert made == ["a:a0", "b:b0b1b1b2b2b2", "c:c0c1c1"]


def test_parts_that_want_nothing_go_out_with_nobody():
    assert driven(abreast([part("a", 0), part("b", 1)])) == ([["b0"]], ["a:", "b:b0"])
    assert driven(abreast([])) == ([], [])
