"""Player Ratings: who is likely to win, and what a result does to the tables."""

from typing import Annotated, Any

from infra.sandbox.hub.parameters import Choice, Integer, Number, Numbers
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Player Ratings",
    category="Sports",
    description="Strength of opponents as numbers, for chess clubs and game servers: Elo points, and the"
    " uncertain skill of the Plackett-Luce model of OpenSkill.",
    packages=("openskill",),
    data_vintage="Formulae: Elo 1978; Weng and Lin 2011.",
    licence="MIT",
    collections=("sports-season", "game-night"),
)

SCORES = {"win": 1.0, "draw": 0.5, "loss": 0.0}


def _points(whose: str, example: int) -> Number:
    return Number(f"Elo points {whose}.", minimum=0, maximum=4000, example=example)


def _skill(whose: str, example: float) -> Number:
    return Number(f"Estimated skill mu {whose}.", minimum=-50, maximum=100, example=example)


def _doubt(whose: str, example: float) -> Number:
    return Number(f"Uncertainty sigma {whose}.", minimum=0.1, maximum=25, example=example)


Rating = Annotated[float, _points("of the player", 1613)]
Opponent = Annotated[float, _points("of the opponent", 1477)]
Result = Annotated[str, Choice("How it ended for the player.", members=tuple(SCORES), example="win")]
Mu = Annotated[float, _skill("of the first", 25)]
Sigma = Annotated[float, _doubt("of the first", 8.333)]
OtherMu = Annotated[float, _skill("of the second", 30)]
OtherSigma = Annotated[float, _doubt("of the second", 6)]


def _expected(rating: float, opponent: float) -> float:
    return 1 / (1 + float(10 ** ((opponent - rating) / 400)))


def _model() -> Any:
    from openskill.models import PlackettLuce

    return PlackettLuce()


@tool.get("/elo/expected", "Expected Score")
def expected_score(rating: Rating, opponent: Opponent) -> Answer:
    """The share of points that somebody should take from another over many games, between 0 and 1."""
    return {"expected": round(_expected(rating, opponent), 4)}


@tool.get("/elo/update", "Rating After Game")
def rating_after_game(
    rating: Rating,
    opponent: Opponent,
    result: Result,
    k: Annotated[int, Integer("Most points at stake.", minimum=1, maximum=100, example=20)] = 20,
) -> Answer:
    """The new standing once one encounter has been played, and how much was won or lost by it."""
    change = k * (SCORES[result] - _expected(rating, opponent))
    return {"rating": round(rating + change, 1) + 0.0, "change": round(change, 1) + 0.0}


@tool.get("/elo/performance", "Performance Rating")
def performance_rating(
    opponents: Annotated[
        tuple[float, ...],
        Numbers(
            "Elo points of all adversaries.",
            minimum=0,
            maximum=4000,
            min_length=2,
            max_length=50,
            example=(1850, 1920, 1780, 2010),
        ),
    ],
    score: Annotated[float, Number("Points taken: 1 a win, 0.5 a draw.", minimum=0, maximum=50, example=2.5)],
) -> Answer:
    """How strong somebody played in a tournament: average of the field, shifted by 400 for a clean sweep."""
    games = len(opponents)
    share = min(score, games) / games
    return {"rating": round(sum(opponents) / games + 400 * (2 * share - 1), 1), "games": games}


@tool.get("/openskill/odds", "Match Odds")
def match_odds(mu: Mu, sigma: Sigma, other_mu: OtherMu, other_sigma: OtherSigma) -> Answer:
    """How likely the first of two beats the second in percent, given what is believed of both."""
    model = _model()
    sides = [[model.rating(mu=mu, sigma=sigma)], [model.rating(mu=other_mu, sigma=other_sigma)]]
    win, lose = model.predict_win(sides)
    return {"first_percent": round(100 * win, 2), "second_percent": round(100 * lose, 2)}


@tool.get("/openskill/update", "Skill After Match")
def skill_after_match(mu: Mu, sigma: Sigma, other_mu: OtherMu, other_sigma: OtherSigma) -> Answer:
    """What is believed of the winner (the first) and of the loser once their duel is over."""
    model = _model()
    sides = [[model.rating(mu=mu, sigma=sigma)], [model.rating(mu=other_mu, sigma=other_sigma)]]
    (winner,), (loser,) = model.rate(sides)
    return {
        "winner": {"mu": round(winner.mu, 3), "sigma": round(winner.sigma, 3)},
        "loser": {"mu": round(loser.mu, 3), "sigma": round(loser.sigma, 3)},
    }


@tool.get("/openskill/rank", "Ranking Score")
def ranking_score(mu: Mu, sigma: Sigma) -> Answer:
    """The cautious number by which ladders sort people: skill less three times the doubt."""
    return {"score": round(mu - 3 * sigma, 3)}
