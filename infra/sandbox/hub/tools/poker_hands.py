"""Poker Hands: what cards are worth in Texas hold'em, and how likely that is."""

from math import comb
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Poker Hands",
    category="Gaming",
    description="Referee for Texas hold'em: names the best five out of the cards on the table, says who takes"
    " the pot, counts the outs before the last card, and tells how rare each combination is.",
    packages=("treys",),
    data_vintage="Rules of the game.",
    licence="MIT",
    collections=("game-night",),
)

RANKS, SUITS = "23456789TJQKA", "shdc"
DECK = tuple(rank + suit for rank in RANKS for suit in SUITS)
CARD = f"[{RANKS}][{SUITS}]"
ALL_HANDS = comb(52, 5)

# Ways to deal each combination as five cards.
WAYS = {
    "royal flush": 4,
    "straight flush": 36,
    "four of a kind": 13 * 48,
    "full house": 13 * comb(4, 3) * 12 * comb(4, 2),
    "flush": 4 * comb(13, 5) - 40,
    "straight": 10 * 4**5 - 40,
    "three of a kind": 13 * comb(4, 3) * comb(12, 2) * 16,
    "two pair": comb(13, 2) * comb(4, 2) ** 2 * 44,
    "pair": 13 * comb(4, 2) * comb(12, 3) * 64,
}


def _cards(what: str, fewest: int, most: int, *examples: str) -> Text:
    words = f"{fewest} cards" if fewest == most else f"{fewest} to {most} cards"
    return Text(
        f"{what}: {words} with blanks between, rank ({RANKS}) and suit (s, h, d, c).",
        examples=examples,
        pattern=f"{CARD}( {CARD}){{{fewest - 1},{most - 1}}}",
        pattern_words=f"{words} such as {examples[0]}",
    )


Hole = Annotated[str, _cards("The two cards in the hand", 2, 2, "Qs Th", "7c 7d")]
FirstHole = Annotated[str, _cards("The first player's own cards", 2, 2, "Qs Th", "Ks Kd")]
SecondHole = Annotated[str, _cards("The second player's own cards", 2, 2, "As Ac", "9h 8h")]
Board = Annotated[str, _cards("The open cards on the table", 3, 5, "Ah Kd Jc", "2s 7h 7s 9d Kc")]


def _once(**given: str) -> dict[str, list[str]]:
    """Split the lists of cards; raises `BadArgument` for the one that repeats a card."""
    seen: set[str] = set()
    for parameter, text in given.items():
        for card in text.split():
            if card in seen:
                raise BadArgument(parameter, f"deals the card {card} twice")
            seen.add(card)
    return {parameter: text.split() for parameter, text in given.items()}


def _strength(hole: list[str], board: list[str]) -> tuple[int, str]:
    """Return the rank among 7,462 distinct hands, 1 the best, and its name."""
    from treys import Card, Evaluator  # type: ignore[import-untyped]

    evaluator = Evaluator()
    rank = evaluator.evaluate([Card.new(card) for card in hole], [Card.new(card) for card in board])
    return rank, evaluator.class_to_string(evaluator.get_rank_class(rank)).lower()


def _winner(first: int, second: int) -> str:
    return "tie" if first == second else "first" if first < second else "second"


@tool.get("/hands/best", "Best Hand")
def best_hand(hole: Hole, board: Board) -> Answer:
    """Names the strongest five-card combination, with its place among 7,462 that differ, 1 the strongest."""
    cards = _once(hole=hole, board=board)
    rank, name = _strength(cards["hole"], cards["board"])
    return {"hand": name, "rank": rank}


@tool.get("/hands/showdown", "Showdown")
def showdown(first_hole: FirstHole, second_hole: SecondHole, board: Board) -> Answer:
    """Decides which of two players takes the pot with the cards as they lie, and with what each plays."""
    cards = _once(first_hole=first_hole, second_hole=second_hole, board=board)
    first = _strength(cards["first_hole"], cards["board"])
    second = _strength(cards["second_hole"], cards["board"])
    return {"first_hand": first[1], "second_hand": second[1], "winner": _winner(first[0], second[0])}


@tool.get("/hands/outs", "River Outs")
def river_outs(
    first_hole: FirstHole,
    second_hole: SecondHole,
    board: Annotated[str, _cards("The open cards before the last one", 4, 4, "Ah Kd Jc 2c", "Ts 8s 3d 3c")],
) -> Answer:
    """How many of the 44 unseen cards let each of two players win, and the percentage of the first."""
    from treys import Card, Evaluator

    cards = _once(first_hole=first_hole, second_hole=second_hole, board=board)
    evaluator, dealt = Evaluator(), [card for part in cards.values() for card in part]
    first, second, open_cards = ([Card.new(card) for card in part] for part in cards.values())
    wins = {"first": 0, "second": 0, "tie": 0}
    for card in DECK:
        if card not in dealt:
            table = [*open_cards, Card.new(card)]
            wins[_winner(evaluator.evaluate(first, table), evaluator.evaluate(second, table))] += 1
    return {
        "first_wins": wins["first"],
        "second_wins": wins["second"],
        "ties": wins["tie"],
        "first_percent": round(100 * wins["first"] / sum(wins.values()), 2),
    }


@tool.get("/odds/{hand}", "Deal Odds")
def deal_odds(
    hand: Annotated[str, Choice("Name of the combination.", members=tuple(WAYS), example="full house")],
) -> Answer:
    """In how many of all deals of five cards a combination comes up, and once in how many deals that is."""
    ways = WAYS[hand]
    return {"ways": ways, "percent": round(100 * ways / ALL_HANDS, 6), "one_in": round(ALL_HANDS / ways, 2)}
