"""Body Metrics: numbers that doctors and trainers work out from scales and tape measure."""

import math
from typing import Annotated

from infra.sandbox.hub.parameters import Choice, Integer, Number
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Body Metrics",
    category="Health",
    description="Weight, height, waist, age and pulse of adults turned into indices, energy needs and"
    " training targets. Textbook formulae, no medical advice.",
    data_vintage="Formulae: WHO, Mifflin-St Jeor 1990, Mosteller 1987, Karvonen 1957, Devine 1974.",
    licence="Apache-2.0",
    collections=("life-sciences", "training-diary", "sports-season", "home-cooking"),
)

ACTIVITY = {"sedentary": 1.2, "light": 1.375, "moderate": 1.55, "active": 1.725, "very_active": 1.9}
CLASSES = ((18.5, "underweight"), (25.0, "normal"), (30.0, "overweight"), (math.inf, "obese"))

Weight = Annotated[float, Number("Body weight [kg].", minimum=30, maximum=300, example=72)]
Height = Annotated[float, Number("Body height [cm].", minimum=120, maximum=230, example=178)]
Age = Annotated[int, Integer("Age in years.", minimum=18, maximum=100, example=35)]
Sex = Annotated[str, Choice("Which of the two formulae.", members=("female", "male"), example="female")]


def _resting(weight_kg: float, height_cm: float, age: int, sex: str) -> float:
    return 10 * weight_kg + 6.25 * height_cm - 5 * age + (5 if sex == "male" else -161)


@tool.get("/bmi", "Body Mass Index")
def body_mass_index(weight_kg: Weight, height_cm: Height) -> Answer:
    """Kilograms over squared metres, and the class in which the World Health Organization puts it."""
    bmi = round(weight_kg / (height_cm / 100) ** 2, 1)
    return {"bmi": bmi, "class": next(name for limit, name in CLASSES if bmi < limit)}


@tool.get("/resting-energy", "Basal Metabolic Rate")
def basal_metabolic_rate(weight_kg: Weight, height_cm: Height, age: Age, sex: Sex) -> Answer:
    """Kilocalories that somebody burns in a day of lying still."""
    return {"kcal_per_day": round(_resting(weight_kg, height_cm, age, sex))}


@tool.get("/energy-need", "Daily Energy Need")
def daily_energy_need(
    weight_kg: Weight,
    height_cm: Height,
    age: Age,
    sex: Sex,
    activity: Annotated[
        str, Choice("How much the person moves.", members=tuple(ACTIVITY), example="moderate")
    ],
) -> Answer:
    """Kilocalories to eat for keeping one's weight, given job and sport."""
    return {"kcal_per_day": round(_resting(weight_kg, height_cm, age, sex) * ACTIVITY[activity])}


@tool.get("/heart-rate", "Training Heart Rate")
def training_heart_rate(
    age: Age,
    resting_bpm: Annotated[int, Integer("Pulse at rest.", minimum=30, maximum=110, example=60)],
    intensity: Annotated[
        float, Number("Effort in percent of the reserve.", minimum=10, maximum=100, example=70)
    ],
) -> Answer:
    """Beats a minute to aim at for some effort, by the reserve between rest and 220 less the years."""
    return {"bpm": round(resting_bpm + (220 - age - resting_bpm) * intensity / 100)}


@tool.get("/surface", "Body Surface Area")
def body_surface_area(weight_kg: Weight, height_cm: Height) -> Answer:
    """How many square metres of skin somebody has, as doses are reckoned."""
    return {"square_metres": round(math.sqrt(weight_kg * height_cm / 3600), 3)}


@tool.get("/ideal-weight", "Ideal Weight")
def ideal_weight(
    height_cm: Annotated[float, Number("Body height [cm].", minimum=152.4, maximum=230, example=178)],
    sex: Sex,
) -> Answer:
    """What pharmacists assume that a person as tall as this should weigh, in kilograms."""
    base = 50 if sex == "male" else 45.5
    return {"kg": round(base + 2.3 * (height_cm / 2.54 - 60), 1)}


@tool.get("/waist", "Waist To Height Ratio")
def waist_to_height_ratio(
    waist_cm: Annotated[float, Number("Girth above the hips [cm].", minimum=40, maximum=200, example=84)],
    height_cm: Height,
) -> Answer:
    """Belly against stature: a sign of risk from one half upwards."""
    ratio = round(waist_cm / height_cm, 2)
    return {"ratio": ratio, "raised_risk": ratio >= 0.5}
