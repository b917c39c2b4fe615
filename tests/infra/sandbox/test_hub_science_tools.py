"""Tools of sky, maps, weather, body, workshop, music: what they refuse, what leads back to its beginning."""

import datetime
import random

import pytest

from infra.sandbox.hub.errors import BadArgument, BadValue, NotFound
from infra.sandbox.hub.sources import genetic_code, utm_grid
from infra.sandbox.hub.sources.weather_reports import REPORT, read_report
from infra.sandbox.hub.tools import (
    chord_book,
    city_climate,
    electricity_bench,
    grid_codes,
    icd_10_browser,
    metar_decoder,
    particle_data,
    photography_desk,
    sky_almanac,
)

D = datetime.date


def points(count, seed):
    chance = random.Random(seed)
    return [(chance.uniform(-79, 83), chance.uniform(-180, 180)) for _ in range(count)]


def test_the_utm_grid_leads_back_to_the_point_it_came_from():
    for latitude, longitude in points(300, 1):
        zone, band, easting, northing = utm_grid.to_grid(latitude, longitude)
        assert utm_grid.from_grid(zone, band, easting, northing) == pytest.approx(
            (latitude, longitude), abs=1e-9
        )


def test_the_utm_grid_knows_the_cn_tower_and_the_wide_zones_of_the_north():
    zone, band, easting, northing = utm_grid.to_grid(43.642567, -79.387139)
    assert (zone, band, round(easting), round(northing)) == (17, "T", 630084, 4833439)
    assert utm_grid.zone_of(60.39, 5.32) == 32  # Bergen
    assert utm_grid.zone_of(78.22, 15.65) == 33  # Longyearbyen
    with pytest.raises(BadArgument, match="does not lie in band N"):
        utm_grid.from_grid(31, "N", 448_252, 5_411_943)


@pytest.mark.parametrize(
    ("encode", "decode", "key", "reach"),
    [
        (grid_codes.encode_geohash, grid_codes.decode_geohash, "geohash", 0.001),
        (grid_codes.encode_plus_code, grid_codes.decode_plus_code, "plus_code", 0.0001),
        (grid_codes.encode_locator, grid_codes.decode_locator, "locator", 0.05),
    ],
)
def test_a_code_names_a_cell_around_the_point(encode, decode, key, reach):
    for latitude, longitude in [*points(100, 2), (90.0, 180.0), (-90.0, -180.0)]:
        middle = decode(
            encode(latitude, longitude)[key].upper() if key == "locator" else encode(latitude, longitude)[key]
        )
        assert middle["latitude"] == pytest.approx(latitude, abs=reach)
        assert (middle["longitude"] - longitude + 180) % 360 - 180 == pytest.approx(0, abs=reach)


def test_a_walk_around_four_geohashes_ends_where_it_began_also_across_the_date_line():
    for start in ("u09tun", "xbpbpb", "8"):
        code = start
        for direction in ("east", "north", "west", "south"):
            code = grid_codes.geohash_neighbour(code, direction)["geohash"]
        assert code == start
    with pytest.raises(NotFound, match="no cell north of z"):
        grid_codes.geohash_neighbour("z", "north")


def test_a_short_or_impossible_plus_code_is_refused():
    with pytest.raises(BadArgument, match="is no full plus code"):
        grid_codes.decode_plus_code("XXXXXXXX+XX")


def test_the_moon_neither_rises_nor_sets_at_the_pole():
    answer = sky_almanac.moonrise_and_moonset(90.0, 0.0, D(2026, 6, 21), "UTC")
    assert answer == {"rise": None, "set": None}


def test_moonrise_falls_on_the_day_of_the_time_zone():
    for day in range(1, 29):
        answer = sky_almanac.moonrise_and_moonset(35.68, 139.69, D(2026, 2, day), "Asia/Tokyo")
        assert all(moment is None or moment.startswith(f"2026-02-{day:02}T") for moment in answer.values())


def test_an_opposition_puts_a_planet_across_from_the_sun():
    found = sky_almanac.planet_position("Jupiter", D(2026, 1, 10))
    assert abs(found["elongation_degrees"]) > 178
    assert found["constellation"] == "Gemini"


def test_a_star_of_no_catalogue_is_not_found():
    with pytest.raises(NotFound, match="no star called 'Zaphod'"):
        sky_almanac.bright_star("Zaphod")


def test_remarks_that_would_keep_the_parser_busy_for_ages_are_not_read():
    bomb = "KJFK 121651Z 31018KT 10SM CLR 02/M08 A3002 RMK LTGIC " + " AND ".join(["EEEEEEEEEEEE"] * 8)
    assert REPORT.from_text(bomb) == bomb
    assert read_report(bomb, 2026, 1).station_id == "KJFK"


def test_a_report_without_sense_is_refused():
    with pytest.raises(BadArgument, match="no weather report"):
        metar_decoder.decode_metar("HELLO WORLD THIS IS NOTHING", 2026, 1)
    with pytest.raises(BadArgument, match="no weather report"):
        metar_decoder.decode_metar("LPPT 311200Z 34012KT 9999 FEW025 24/14 Q1018", 2026, 6)  # 31 June
    with pytest.raises(BadValue):
        REPORT.from_text("lppt 211200z calm")
    with pytest.raises(NotFound, match="steady direction"):
        metar_decoder.runway_wind("LPPT 211200Z VRB02KT 9999 FEW025 24/14 Q1018", 2026, 6, 3)


@pytest.mark.parametrize(("report", "category"), [
    ("KSEA 051953Z 19008KT 10SM CLR 09/07 A2991", "VFR"),
    ("KSEA 051953Z 19008KT 5SM CLR 09/07 A2991", "MVFR"),
    ("KSEA 051953Z 19008KT 10SM BKN030 09/07 A2991", "MVFR"),
    ("KSEA 051953Z 19008KT 10SM OVC009 09/07 A2991", "IFR"),
    ("KSEA 051953Z 19008KT 1/2SM FG OVC009 09/07 A2991", "LIFR"),
])  # fmt: skip
def test_the_flight_category_is_that_of_the_worse_of_sight_and_ceiling(report, category):
    assert metar_decoder.flight_category(report, 2026, 2)["category"] == category


def test_a_city_is_found_with_and_without_its_accents_and_missing_ones_name_those_that_exist():
    assert city_climate.annual_profile("Malaga", "ES") == city_climate.annual_profile("MÁLAGA", "ES")
    with pytest.raises(NotFound, match="of FI: Helsinki"):
        city_climate.annual_profile("Espoo", "FI")


def test_a_particle_answers_to_its_english_name_and_to_that_of_the_listings():
    assert particle_data.particle_by_name("Positive Pion") == particle_data.particle_by_name("pi+")
    assert particle_data.antiparticle("photon")["same"] is True
    with pytest.raises(NotFound, match="does not decay"):
        particle_data.flight_distance("proton", 1.0)
    with pytest.raises(NotFound, match="no particle has the number"):
        particle_data.particle_by_number(99_999_999)


def test_every_genetic_code_has_64_codons_and_all_twenty_amino_acids():
    for table in genetic_code.NAMES:
        assert len(genetic_code.code(table)) == 64
        assert set(genetic_code.code(table).values()) == {*genetic_code.AMINO_ACIDS, "*"}


def test_icd_codes_may_be_written_without_their_dot_and_unknown_ones_are_not_found():
    assert icd_10_browser.look_up_code("E119") == icd_10_browser.look_up_code("E11.9")
    with pytest.raises(NotFound, match="no code 'U99'"):
        icd_10_browser.look_up_code("U99")
    with pytest.raises(NotFound, match="different chapters"):
        icd_10_browser.common_group("E11", "J45")


def test_rings_are_read_back_as_the_value_they_were_painted_for():
    for ohms in (4.7, 33.0, 120.0, 5600.0, 910_000.0, 2.2e7):
        rings = electricity_bench.rings_for_value(ohms)["rings"]
        assert electricity_bench.read_colour_rings(" ".join([*rings, "gold"]))["ohms"] == ohms
    with pytest.raises(BadArgument, match="pink"):
        electricity_bench.read_colour_rings("pink red red gold")


def test_a_scale_uses_each_letter_once_and_an_unknown_chord_is_refused():
    for key in chord_book.KEYS:
        for scale in chord_book.STEPS:
            assert sorted(note[0] for note in chord_book.scale_notes(key, scale)["notes"]) == list("ABCDEFG")
    with pytest.raises(BadArgument, match="is no chord symbol"):
        chord_book.chord_notes("Cxyz")


def test_beyond_the_hyperfocal_distance_sharpness_has_no_end():
    metres = photography_desk.hyperfocal_distance(35.0, 11.0)["metres"]
    assert photography_desk.depth_of_field(35.0, 11.0, metres + 0.1)["far_m"] is None
    assert photography_desk.depth_of_field(35.0, 11.0, metres - 0.1)["far_m"] > 100
