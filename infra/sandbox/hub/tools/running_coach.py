"""Running Coach: paces, race times and training sums of runners."""

import math
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Integer, Number
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Running Coach",
    category="Sports",
    description="Kilometres, minutes and effort on foot: how fast, how long for another distance, lap by"
    " lap, what a treadmill must show, calories and fitness tests.",
    data_vintage="Formulae: Riegel 1981, Cooper 1968, ACSM running equation, Daniels and Gilbert 1979.",
    licence="Apache-2.0",
    collections=("training-diary", "sports-season", "outdoor-day"),
)

RACES = {"mile": 1.609344, "5k": 5.0, "10k": 10.0, "half_marathon": 21.0975, "marathon": 42.195}

Distance = Annotated[float, Number("Way run [km].", minimum=0.1, maximum=300, example=10)]
Minutes = Annotated[float, Number("Time on the way [min].", minimum=0.2, maximum=6000, example=48)]
Speed = Annotated[float, Number("Speed on the belt [km/h].", minimum=4, maximum=25, example=12)]


def _clock(minutes: float) -> str:
    """Return minutes as ``h:mm:ss``."""
    seconds = round(minutes * 60)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@tool.get("/pace", "Pace")
def pace(distance_km: Distance, minutes: Minutes) -> Answer:
    """How long each kilometre took, as minutes and as a clock shows it, and how fast that is per hour."""
    per_km = minutes / distance_km
    return {
        "minutes_per_km": round(per_km, 3),
        "clock_per_km": _clock(per_km),
        "km_per_hour": round(60 / per_km, 2),
    }


@tool.get("/finish", "Finish Time")
def finish_time(
    race: Annotated[str, Choice("Which event.", members=tuple(RACES), example="half_marathon")],
    seconds_per_km: Annotated[
        int, Integer("Even tempo: seconds for each kilometre.", minimum=120, maximum=1200, example=330)
    ],
) -> Answer:
    """What the clock over the line shows after a classic event run at one even tempo."""
    minutes = RACES[race] * seconds_per_km / 60
    return {"minutes": round(minutes, 2), "clock": _clock(minutes)}


@tool.get("/predict", "Predict Race")
def predict_race(
    distance_km: Distance,
    minutes: Minutes,
    target_km: Annotated[
        float, Number("Way of the coming competition [km].", minimum=1, maximum=100, example=21.0975)
    ],
) -> Answer:
    """From a result over one length, the likely one over another, by Riegel's rule with exponent 1.06."""
    likely = minutes * (target_km / distance_km) ** 1.06
    return {"minutes": round(likely, 2), "clock": _clock(likely)}


@tool.get("/splits", "Split Times")
def split_times(
    distance_km: Annotated[float, Number("Way of the race [km].", minimum=1, maximum=100, example=10)],
    minutes: Annotated[float, Number("Time aimed at [min].", minimum=3, maximum=1500, example=50)],
    every_km: Annotated[
        float, Number("Kilometres between two looks at the watch.", minimum=1, maximum=25, example=5)
    ] = 5.0,
) -> Answer:
    """What the watch should say at each mark of an evenly run course, the finish last."""
    marks = [every_km * number for number in range(1, math.ceil(distance_km / every_km))]
    return {
        "splits": [
            {"km": round(km, 3), "clock": _clock(minutes * km / distance_km)} for km in (*marks, distance_km)
        ]
    }


@tool.get("/calories", "Running Calories")
def running_calories(
    weight_kg: Annotated[float, Number("Body weight [kg].", minimum=30, maximum=200, example=70)],
    minutes: Annotated[float, Number("Time on the way [min].", minimum=1, maximum=1440, example=45)],
    km_per_hour: Annotated[float, Number("Speed on the flat [km/h].", minimum=8, maximum=25, example=10)],
) -> Answer:
    """Kilocalories burnt on level ground, from the oxygen that the speed takes: 5 kcal a litre."""
    oxygen = 0.2 * km_per_hour * 1000 / 60 + 3.5  # ml per kg and minute
    return {"kcal": round(oxygen * weight_kg * minutes / 1000 * 5)}


@tool.get("/cooper", "Cooper Test")
def cooper_test(
    metres: Annotated[
        int, Integer("Metres covered in twelve minutes.", minimum=800, maximum=5000, example=2600)
    ],
) -> Answer:
    """The greatest oxygen uptake, in millilitres per kilogram and minute, from the way made in 12 minutes."""
    return {"vo2max": round((metres - 504.9) / 44.73, 1)}


@tool.get("/vdot", "Fitness Score")
def fitness_score(
    distance_km: Annotated[float, Number("Way of the race [km].", minimum=1.5, maximum=50, example=5)],
    minutes: Annotated[float, Number("Result [min].", minimum=3.5, maximum=300, example=25)],
) -> Answer:
    """How good a result is on the scale of Daniels and Gilbert: some 30 for beginners, 80 for the best."""
    speed = distance_km * 1000 / minutes
    if speed < 80:
        raise BadArgument("minutes", "must be the time of a run: this is slower than a walk")
    cost = -4.6 + 0.182258 * speed + 0.000104 * speed**2
    share = 0.8 + 0.1894393 * math.exp(-0.012778 * minutes) + 0.2989558 * math.exp(-0.1932605 * minutes)
    return {"vdot": round(cost / share, 1)}


@tool.get("/treadmill", "Treadmill Slope")
def treadmill_slope(
    km_per_hour: Speed,
    percent: Annotated[float, Number("Rise of the belt in percent.", minimum=0, maximum=15, example=4)],
) -> Answer:
    """How fast one would have to go on the flat for the same effort as uphill on a machine."""
    speed = km_per_hour * 1000 / 60
    return {"km_per_hour": round((0.2 * speed + 0.9 * speed * percent / 100) / 0.2 * 60 / 1000, 2)}
