"""Finds what lies near a point among tens of thousands of places, without walking through all of them."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

EARTH_RADIUS_KM = 6371.0088
KM_PER_DEGREE = math.pi * EARTH_RADIUS_KM / 180

Place = TypeVar("Place")


def great_circle_km(latitude: float, longitude: float, latitude_2: float, longitude_2: float) -> float:
    """Return the distance of two points on a sphere of the Earth's mean radius (haversine) [km]."""
    north, north_2 = math.radians(latitude), math.radians(latitude_2)
    half_east = math.radians(longitude_2 - longitude) / 2
    chord = (
        math.sin((north_2 - north) / 2) ** 2 + math.cos(north) * math.cos(north_2) * math.sin(half_east) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


class LatitudeIndex(Generic[Place]):
    """Places sorted by latitude: two points are at least as far apart as their circles of latitude."""

    def __init__(self, places: Sequence[Place], position: Callable[[Place], tuple[float, float]]) -> None:
        self._places = sorted(places, key=lambda place: position(place)[0])
        self._positions = [position(place) for place in self._places]
        self._latitudes = [latitude for latitude, _ in self._positions]

    def nearest(
        self, latitude: float, longitude: float, accepts: Callable[[Place], bool] = lambda _: True
    ) -> tuple[float, Place] | None:
        """Return distance [km] and place of the nearest one that is accepted; None if there is none."""
        best: tuple[float, Place] | None = None
        for index in self._outwards(latitude):
            gap_km = abs(self._latitudes[index] - latitude) * KM_PER_DEGREE
            if best is not None and gap_km > best[0]:
                break
            if accepts(self._places[index]):
                distance_km = great_circle_km(latitude, longitude, *self._positions[index])
                if best is None or distance_km < best[0]:
                    best = distance_km, self._places[index]
        return best

    def within(self, latitude: float, longitude: float, radius_km: float) -> list[tuple[float, Place]]:
        """Return distance [km] and place of all that lie within the radius, nearest first."""
        reach = radius_km / KM_PER_DEGREE
        found = []
        for index in range(bisect_left(self._latitudes, latitude - reach), len(self._places)):
            if self._latitudes[index] > latitude + reach:
                break
            distance_km = great_circle_km(latitude, longitude, *self._positions[index])
            if distance_km <= radius_km:
                found.append((distance_km, index))
        return [(distance_km, self._places[index]) for distance_km, index in sorted(found)]

    def _outwards(self, latitude: float) -> Iterator[int]:
        """Yield positions by growing difference of latitude."""
        above = bisect_left(self._latitudes, latitude)
        below = above - 1
        while below >= 0 or above < len(self._places):
            take_above = below < 0 or (
                above < len(self._places)
                and self._latitudes[above] - latitude <= latitude - self._latitudes[below]
            )
            if take_above:
                yield above
                above += 1
            else:
                yield below
                below -= 1
