"""League Tables: standings, fixtures and brackets of a competition between teams."""

import re
from dataclasses import dataclass
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Integer, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="League Tables",
    category="Sports",
    description="The office of a small football club: ranks teams by their scores, draws up who meets whom,"
    " counts rounds, and tells when a title is safe.",
    data_vintage="Three points for a win, one for a draw; ties broken by goal difference, goals, name.",
    licence="Apache-2.0",
    collections=("game-night",),
)

TEAM = "[A-Za-z][A-Za-z ]{0,19}"
RESULT = re.compile(rf"({TEAM}) ([0-9]{{1,2}})-([0-9]{{1,2}}) ({TEAM})")

Results = Annotated[
    str,
    Text(
        "Scores as 'Home 2-1 Guest', with semicolons between.",
        examples=(
            "Lions 2-1 Bears; Owls 0-0 Lions; Bears 3-1 Owls",
            "Reds 1-1 Blues; Greens 0-2 Reds; Blues 4-0 Greens",
        ),
        max_length=2000,
    ),
]
Teams = Annotated[int, Integer("Number of teams.", minimum=2, maximum=64, example=18)]
Legs = Annotated[int, Integer("How often each pair meets.", minimum=1, maximum=4, example=2)]


@dataclass
class Row:
    """A line of the table."""

    played: int = 0
    points: int = 0
    scored: int = 0
    conceded: int = 0

    def book(self, scored: int, conceded: int) -> None:
        """Add a match."""
        self.played += 1
        self.points += 3 if scored > conceded else scored == conceded
        self.scored += scored
        self.conceded += conceded


def _table(results: str) -> list[tuple[str, Row]]:
    rows: dict[str, Row] = {}
    for text in results.split(";"):
        match = RESULT.fullmatch(text.strip())
        if match is None or match[1] == match[4]:
            raise BadArgument("results", f"has '{text.strip()[:40]}', which is no score like Lions 2-1 Bears")
        home, guest = int(match[2]), int(match[3])
        rows.setdefault(match[1], Row()).book(home, guest)
        rows.setdefault(match[4], Row()).book(guest, home)
    return sorted(
        rows.items(),
        key=lambda entry: (-entry[1].points, entry[1].conceded - entry[1].scored, -entry[1].scored, entry[0]),
    )


@tool.post("/standings", "Standings")
def standings(results: Results) -> Answer:
    """Ranks all teams after some matches: played, points and goal difference, the leader first."""
    return {
        "table": [
            {
                "team": team,
                "played": row.played,
                "points": row.points,
                "goal_difference": row.scored - row.conceded,
            }
            for team, row in _table(results)
        ]
    }


@tool.post("/form", "Team Form")
def team_form(
    results: Results,
    team: Annotated[str, Text("Name as the scores spell it.", examples=("Lions", "Reds"))],
) -> Answer:
    """How one side is doing: its place, points, goals shot and goals let in."""
    for place, (name, row) in enumerate(_table(results), start=1):
        if name == team:
            return {
                "place": place,
                "points": row.points,
                "goals_for": row.scored,
                "goals_against": row.conceded,
            }
    raise BadArgument("team", f"'{team}' has played in none of these matches")


@tool.get("/fixtures", "Fixture List")
def fixture_list(
    teams: Annotated[
        str,
        Text(
            "Names with commas between, 2 to 12 of them.",
            examples=("Lions, Bears, Owls, Foxes", "Reds, Blues, Greens"),
            pattern=rf"{TEAM}(, ?{TEAM}){{1,11}}",
            pattern_words="2 to 12 names of letters with commas between",
            max_length=260,
        ),
    ],
) -> Answer:
    """Who plays whom on which match day if everybody meets everybody once; with an odd number one rests."""
    names: list[str | None] = [name.strip() for name in teams.split(",")]
    if len(set(names)) < len(names):
        raise BadArgument("teams", "names a team twice")
    if len(names) % 2:
        names.append(None)
    rounds = []
    for _ in range(len(names) - 1):
        pairs = zip(names[: len(names) // 2], reversed(names[len(names) // 2 :]), strict=True)
        rounds.append([f"{a} - {b}" for a, b in pairs if a is not None and b is not None])
        names.insert(1, names.pop())  # the first stays, the others move round
    return {"rounds": rounds}


@tool.get("/matches", "Season Length")
def season_length(teams: Teams, legs: Legs = 2) -> Answer:
    """How many matches and match days a round-robin league needs."""
    days = teams - 1 if teams % 2 == 0 else teams
    return {"matches": teams * (teams - 1) // 2 * legs, "match_days": days * legs}


@tool.get("/knockout", "Knockout Bracket")
def knockout_bracket(teams: Teams) -> Answer:
    """A cup in which the loser goes home: rounds, free places in the first of them, and matches in all."""
    rounds = (teams - 1).bit_length()
    return {"rounds": rounds, "byes": 2**rounds - teams, "matches": teams - 1}


@tool.get("/title", "Title Race")
def title_race(
    leader_points: Annotated[int, Integer("Points of the first.", minimum=0, maximum=200, example=78)],
    chaser_points: Annotated[int, Integer("Points of the second.", minimum=0, maximum=200, example=71)],
    games_left: Annotated[int, Integer("Matches each has to play.", minimum=0, maximum=60, example=4)],
) -> Answer:
    """How many points the first still has to win so that the second cannot overtake, whatever happens."""
    if chaser_points > leader_points:
        raise BadArgument("chaser_points", "must not be above the leader's")
    reachable = chaser_points + 3 * games_left
    return {"points_needed": max(0, reachable + 1 - leader_points), "chaser_can_reach": reachable}
