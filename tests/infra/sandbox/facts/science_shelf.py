"""Sky, body, weather, workshop and music: almanacs, textbooks, standards and the press of the day.

One row: slug of the tool, slug of the API, arguments as the function takes them, part of the answer.
"""

import datetime

D = datetime.date

SNOW_IN_BURGAS = (
    "METAR LBBG 041600Z 12012MPS 090V150 1400 R04/P1500N R22/P1500U +SN BKN022 OVC050 M04/M07 Q1020"
    " NOSIG 8849//91="
)
FOG_IN_FRANKFURT = "EDDF 050620Z 24005KT 0800 FG BKN002 08/08 Q1022"

FACTS = [
    ("sky-almanac", "season-dates", {"year": 2025},  # US Naval Observatory
     {"march_equinox": "2025-03-20T09:01", "june_solstice": "2025-06-21T02:42",
      "september_equinox": "2025-09-22T18:19", "december_solstice": "2025-12-21T15:03"}),
    ("sky-almanac", "next-moon-phase",  # eclipses fall on these two
     {"date": D(2026, 8, 1), "phase": "new_moon"},
     {"utc": "2026-08-12T17:37"}),
    ("sky-almanac", "next-moon-phase",
     {"date": D(2025, 9, 1), "phase": "full_moon"},
     {"utc": "2025-09-07T18:09"}),
    ("sky-almanac", "bright-star", {"name": "Polaris"}, {"constellation": "Ursa Minor"}),
    ("particle-data", "particle-by-name", {"name": "muon"},  # Review of Particle Physics
     {"pdg_id": 13, "mass_mev": 105.658376, "charge": -1.0, "lifetime_ns": 2196.98}),
    ("particle-data", "quark-content", {"name": "Lambda"}, {"quarks": "uds", "spin": 0.5}),
    ("particle-data", "mass-ratio", {"first": "proton", "second": "electron"}, {"ratio": 1836.15}),  # CODATA
    ("genetics-bench", "codon-lookup", {"codon": "AGA", "table": "2"}, {"letter": "*", "amino_acid": None}),
    ("genetics-bench", "translate-dna",  # the beginning of human insulin
     {"sequence": "ATGGCCCTGTGGATGCGCCTCCTGCCC"},
     {"protein": "MALWMRLLP"}),
    ("genetics-bench", "codons-of-amino-acid", {"letter": "W"}, {"codons": ["TGG"]}),
    ("genetics-bench", "protein-weight", {"protein": "G"}, {"g_per_mol": 75.07}),  # glycine itself
    ("magnetic-field", "declination",  # test values of the WMM2025 report
     {"latitude": 80.0, "longitude": 0.0, "date": D(2025, 1, 1)},
     {"degrees": 1.28}),
    ("magnetic-field", "field-intensity",
     {"latitude": 80.0, "longitude": 0.0, "date": D(2025, 1, 1)},
     {"horizontal_nt": 6523, "inclination": 83.21}),
    ("grid-codes", "encode-geohash",  # the example of the encyclopaedias
     {"latitude": 57.64911, "longitude": 10.40744, "length": 11},
     {"geohash": "u4pruydqqvj"}),
    ("grid-codes", "encode-plus-code",  # Google's office in Zurich, specification of the code
     {"latitude": 47.365590, "longitude": 8.524997},
     {"plus_code": "8FVC9G8F+6X"}),
    ("grid-codes", "to-utm",  # the CN Tower
     {"latitude": 43.642567, "longitude": -79.387139},
     {"zone": 17, "band": "T"}),
    ("grid-codes", "encode-locator",  # W1AW, headquarters of the ARRL
     {"latitude": 41.714775, "longitude": -72.727260},
     {"locator": "FN31pr"}),
    ("metar-decoder", "decode-metar",  # the worked example of the encyclopaedias
     {"report": SNOW_IN_BURGAS, "year": 2024, "month": 12},
     {"station": "LBBG", "observed": "2024-12-04T16:00Z", "temperature_c": -4.0, "dew_point_c": -7.0,
      "wind_direction": 120, "visibility_m": 1400.0, "pressure_hpa": 1020.0, "weather": "heavy snow"}),
    ("metar-decoder", "cloud-layers",
     {"report": SNOW_IN_BURGAS, "year": 2024, "month": 12},
     {"layers": [{"cover": "broken", "height_ft": 2200}, {"cover": "overcast", "height_ft": 5000}],
      "ceiling_ft": 2200}),
    ("metar-decoder", "flight-category",
     {"report": FOG_IN_FRANKFURT, "year": 2026, "month": 11},
     {"category": "LIFR"}),
    ("seattle-weather-archive", "longest-dry-spell", {"year": 2012}, {"days": 48, "start": "2012-07-23"}),
    ("seattle-weather-archive", "daily-weather", {"date": D(2014, 8, 11)}, {"temp_max_c": 35.6}),  # 96 F
    ("seattle-weather-archive", "record-day",  # 2.20 inches, a record for March
     {"year": 2015, "quantity": "precipitation"},
     {"date": "2015-03-15", "value": 55.9}),
    ("city-climate", "annual-profile", {"city": "Sydney", "country": "AU"}, {"coldest_month": "jul"}),
    ("energy-desk", "convert-energy",
     {"value": 1.0, "from_unit": "kilowatt_hour", "to_unit": "british_thermal_unit"},
     {"value": 3412.142}),
    ("energy-desk", "iowa-generation", {"year": 2017, "source": "nuclear"}, {"gwh": 5214}),  # Duane Arnold
    ("body-metrics", "body-mass-index",
     {"weight_kg": 70.0, "height_cm": 175.0},
     {"bmi": 22.9, "class": "normal"}),
    ("body-metrics", "basal-metabolic-rate",
     {"weight_kg": 80.0, "height_cm": 180.0, "age": 30, "sex": "male"},
     {"kcal_per_day": 1780}),
    ("icd-10-browser", "chapter-of-code",
     {"code": "J45.0"},
     {"chapter": "X", "block": "J40-J47", "block_title": "Chronic lower respiratory diseases"}),
    ("icd-10-browser", "look-up-code", {"code": "I21"}, {"title": "Acute myocardial infarction"}),
    ("running-coach", "pace", {"distance_km": 42.195, "minutes": 240.0}, {"clock_per_km": "0:05:41"}),
    ("running-coach", "fitness-score",  # tables of Daniels
     {"distance_km": 5.0, "minutes": 19.95},
     {"vdot": 50.0}),
    ("running-coach", "cooper-test", {"metres": 2400}, {"vo2max": 42.4}),
    ("player-ratings", "expected-score", {"rating": 2000.0, "opponent": 1600.0}, {"expected": 0.9091}),
    ("player-ratings", "match-odds",
     {"mu": 25.0, "sigma": 5.0, "other_mu": 25.0, "other_sigma": 8.0},
     {"first_percent": 50.0, "second_percent": 50.0}),
    ("note-and-tempo", "note-frequency", {"note": "C8"}, {"hz": 4186.009, "midi": 108}),  # top of the piano
    ("note-and-tempo", "interval", {"low": "C4", "high": "A5"}, {"semitones": 21, "name": "major sixth"}),
    ("chord-book", "chord-notes", {"chord": "Cmaj7"}, {"notes": ["C", "E", "G", "B"]}),
    ("chord-book", "chords-of-key",
     {"key": "G", "scale": "major"},
     {"chords": ["G", "Am", "Bm", "C", "D", "Em", "F#dim"]}),
    ("chord-book", "scale-notes",
     {"key": "Ab", "scale": "harmonic_minor"},
     {"notes": ["Ab", "Bb", "Cb", "Db", "Eb", "Fb", "G"]}),
    ("photography-desk", "field-of-view",
     {"focal_mm": 50.0},
     {"horizontal": 39.6, "vertical": 27.0, "diagonal": 46.8}),
    ("photography-desk", "exposure-value",  # the rule of the sunny 16
     {"aperture": 16.0, "shutter_s": 1 / 128},
     {"ev": 15.0}),
    ("electricity-bench", "read-colour-rings",
     {"rings": "brown black black orange brown"},
     {"ohms": 100000.0, "tolerance_percent": 1.0}),
    ("electricity-bench", "rc-charging-time",
     {"ohms": 1e6, "microfarads": 1.0, "percent": 50.0},
     {"seconds": 0.69315, "time_constant_s": 1.0}),
]  # fmt: skip
