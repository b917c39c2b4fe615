"""Photography Desk: light, lens and sharpness."""

import math
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Integer, Number
from infra.sandbox.hub.sources.units import significant
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Photography Desk",
    category="Design",
    description="Sums that a camera does not show: how bright a scene is in stops, what comes out sharp,"
    " how wide the picture is, and times behind a grey filter.",
    data_vintage="Formulae of geometrical optics; circle of confusion: sensor diagonal over 1442.",
    licence="Apache-2.0",
    collections=("workshop-and-studio", "music-and-design", "outdoor-day", "sky-watching"),
)

SENSORS = {
    "full_frame": (36.0, 24.0),
    "aps_c": (23.5, 15.6),
    "micro_four_thirds": (17.3, 13.0),
    "one_inch": (13.2, 8.8),
    "medium_format": (43.8, 32.9),
}

Aperture = Annotated[float, Number("Stop of the lens (f-number).", minimum=0.7, maximum=128, example=8)]
Focal = Annotated[float, Number("Focal length of the lens [mm].", minimum=2, maximum=2000, example=50)]
Sensor = Annotated[str, Choice("Size of the chip.", members=tuple(SENSORS), example="full_frame")]
Shutter = Annotated[
    float, Number("Time the shutter is open [s].", minimum=0.00001, maximum=3600, example=0.008)
]
Subject = Annotated[float, Number("How far the subject is [m].", minimum=0.1, maximum=10_000, example=3)]


def _diagonal(sensor: str) -> float:
    return math.hypot(*SENSORS[sensor])


def _hyperfocal_mm(focal_mm: float, aperture: float, sensor: str) -> float:
    return focal_mm**2 / (aperture * _diagonal(sensor) / 1442) + focal_mm


@tool.get("/exposure", "Exposure Value")
def exposure_value(
    aperture: Aperture,
    shutter_s: Shutter,
    iso: Annotated[
        int, Integer("Sensitivity of film or chip.", minimum=25, maximum=409_600, example=100)
    ] = 100,
) -> Answer:
    """How bright the scene is for which these settings are right, in stops at ISO 100."""
    stops = math.log2(aperture**2 / shutter_s) - math.log2(iso / 100)
    return {"ev": round(stops, 2) + 0.0}


@tool.get("/shutter", "Equivalent Shutter")
def equivalent_shutter(
    shutter_s: Shutter,
    from_aperture: Aperture,
    to_aperture: Annotated[float, Number("Stop to change to.", minimum=0.7, maximum=128, example=4)],
) -> Answer:
    """The time that keeps a picture as bright when the hole of the lens is made larger or smaller."""
    return {"shutter_s": significant(shutter_s * (to_aperture / from_aperture) ** 2, 4)}


@tool.get("/sharpness", "Depth Of Field")
def depth_of_field(
    focal_mm: Focal, aperture: Aperture, subject_m: Subject, sensor: Sensor = "full_frame"
) -> Answer:
    """From where to where things come out sharp, in metres; null stands for infinity."""
    hyperfocal, distance = _hyperfocal_mm(focal_mm, aperture, sensor), subject_m * 1000
    if distance <= focal_mm:
        raise BadArgument("subject_m", "must be further away than the focal length")
    near = distance * (hyperfocal - focal_mm) / (hyperfocal + distance - 2 * focal_mm)
    far = None if distance >= hyperfocal else distance * (hyperfocal - focal_mm) / (hyperfocal - distance)
    return {
        "near_m": round(near / 1000, 3),
        "far_m": None if far is None else round(far / 1000, 3),
        "depth_m": None if far is None else round((far - near) / 1000, 3) + 0.0,
    }


@tool.get("/hyperfocal", "Hyperfocal Distance")
def hyperfocal_distance(focal_mm: Focal, aperture: Aperture, sensor: Sensor = "full_frame") -> Answer:
    """Where to focus so that everything from half of that way to the horizon is crisp, in metres."""
    return {"metres": round(_hyperfocal_mm(focal_mm, aperture, sensor) / 1000, 2)}


@tool.get("/view", "Field Of View")
def field_of_view(focal_mm: Focal, sensor: Sensor = "full_frame") -> Answer:
    """The angles that a picture takes in, in degrees: left to right, top to bottom, corner to corner."""
    width, height = SENSORS[sensor]
    angles = {"horizontal": width, "vertical": height, "diagonal": math.hypot(width, height)}
    return {name: round(math.degrees(2 * math.atan(side / 2 / focal_mm)), 1) for name, side in angles.items()}


@tool.get("/equivalent", "Equivalent Focal Length")
def equivalent_focal_length(
    focal_mm: Focal,
    sensor: Annotated[str, Choice("Size of the chip.", members=tuple(SENSORS), example="aps_c")],
) -> Answer:
    """Which lens would show as much on a 36 by 24 chip, and the crop factor."""
    crop = _diagonal("full_frame") / _diagonal(sensor)
    return {"focal_mm": round(focal_mm * crop, 1), "crop_factor": round(crop, 2)}


@tool.get("/filter", "Filtered Shutter")
def filtered_shutter(
    shutter_s: Annotated[
        float, Number("Time without the glass [s].", minimum=0.00001, maximum=60, example=0.01)
    ],
    stops: Annotated[
        float, Number("Strength of the grey glass, in stops.", minimum=0.3, maximum=20, example=10)
    ],
) -> Answer:
    """How long to expose once a neutral density filter sits before the lens, in seconds."""
    return {"shutter_s": significant(shutter_s * 2**stops, 4)}


@tool.get("/thin-lens", "Image Distance")
def image_distance(
    focal_mm: Focal,
    subject_m: Annotated[float, Number("How far the subject is [m].", minimum=5, maximum=10_000, example=20)],
) -> Answer:
    """How far behind a thin lens the picture forms, in millimetres, and how much smaller it is than life."""
    distance = subject_m * 1000 * focal_mm / (subject_m * 1000 - focal_mm)
    return {"millimetres": round(distance, 3), "magnification": significant(distance / subject_m / 1000, 5)}
