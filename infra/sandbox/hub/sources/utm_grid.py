"""The Universal Transverse Mercator grid on WGS84, by the series of Krüger (1912) to the fourth order in n.

Good to a millimetre within a zone. Written out here because the package of that name draws in numpy.
"""

import math

from infra.sandbox.hub.errors import BadArgument

BANDS = "CDEFGHJKLMNPQRSTUVWX"
"""Letters of the strips of 8 degrees of latitude, from 80 south; the last one has 12."""

_A, _F = 6_378_137.0, 1 / 298.257223563
_N = _F / (2 - _F)
_RADIUS = _A / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_SCALE, _FALSE_EASTING, _FALSE_NORTHING = 0.9996, 500_000.0, 10_000_000.0
_E = math.sqrt(_F * (2 - _F))
_ALPHA = (
    _N / 2 - 2 / 3 * _N**2 + 5 / 16 * _N**3 + 41 / 180 * _N**4,
    13 / 48 * _N**2 - 3 / 5 * _N**3 + 557 / 1440 * _N**4,
    61 / 240 * _N**3 - 103 / 140 * _N**4,
    49561 / 161280 * _N**4,
)
_BETA = (
    _N / 2 - 2 / 3 * _N**2 + 37 / 96 * _N**3 - 1 / 360 * _N**4,
    1 / 48 * _N**2 + 1 / 15 * _N**3 - 437 / 1440 * _N**4,
    17 / 480 * _N**3 - 37 / 840 * _N**4,
    4397 / 161280 * _N**4,
)


def zone_of(latitude: float, longitude: float) -> int:
    """Return the zone of a point, with the exceptions of Norway and Svalbard."""
    if 56 <= latitude < 64 and 3 <= longitude < 12:
        return 32
    if latitude >= 72 and 0 <= longitude < 42:
        return 31 + 2 * int((longitude + 3) // 12)
    return int((longitude + 180) % 360 // 6) + 1


def band_of(latitude: float) -> str:
    """Return the letter of the strip of latitude."""
    return BANDS[min(19, int((latitude + 80) // 8))]


def to_grid(latitude: float, longitude: float) -> tuple[int, str, float, float]:
    """Return zone, band, easting and northing [m] of a point between 80 south and 84 north."""
    zone = zone_of(latitude, longitude)
    east = math.radians((longitude - _central(zone) + 180) % 360 - 180)
    sine = math.sin(math.radians(latitude))
    tangent = math.sinh(math.atanh(sine) - _E * math.atanh(_E * sine))
    xi, eta = (
        math.atan2(tangent, math.cos(east)),
        math.asinh(math.sin(east) / math.hypot(tangent, math.cos(east))),
    )
    x = eta + sum(a * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, a in enumerate(_ALPHA, 1))
    y = xi + sum(a * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, a in enumerate(_ALPHA, 1))
    shift = _FALSE_NORTHING if latitude < 0 else 0.0
    return zone, band_of(latitude), _SCALE * _RADIUS * x + _FALSE_EASTING, _SCALE * _RADIUS * y + shift


def from_grid(zone: int, band: str, easting: float, northing: float) -> tuple[float, float]:
    """Return latitude and longitude of a grid point.

    Raises:
        BadArgument: the point lies far outside the zone, or in another band.
    """
    shift = _FALSE_NORTHING if band < "N" else 0.0
    xi, eta = (northing - shift) / (_SCALE * _RADIUS), (easting - _FALSE_EASTING) / (_SCALE * _RADIUS)
    y = xi - sum(b * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, b in enumerate(_BETA, 1))
    x = eta - sum(b * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, b in enumerate(_BETA, 1))
    tangent = math.sin(y) / math.hypot(math.sinh(x), math.cos(y))
    latitude = math.degrees(math.atan(_geographic(tangent)))
    if not -80.1 <= latitude <= 84.1 or abs(BANDS.index(band_of(latitude)) - BANDS.index(band)) > 1:
        raise BadArgument("northing", f"does not lie in band {band}")
    longitude = _central(zone) + math.degrees(math.atan2(math.sinh(x), math.cos(y)))
    return latitude, (longitude + 180) % 360 - 180


def _geographic(conformal: float) -> float:
    """Return the tangent of the latitude whose conformal latitude has the given one (Karney 2011, Newton)."""
    tangent = conformal
    for _ in range(5):
        sigma = math.sinh(_E * math.atanh(_E * tangent / math.hypot(1, tangent)))
        reached = tangent * math.hypot(1, sigma) - sigma * math.hypot(1, tangent)
        step = (conformal - reached) / math.hypot(1, reached)
        tangent += step * (1 + (1 - _E**2) * tangent**2) / ((1 - _E**2) * math.hypot(1, tangent))
    return tangent


def _central(zone: int) -> float:
    return zone * 6 - 183.0
