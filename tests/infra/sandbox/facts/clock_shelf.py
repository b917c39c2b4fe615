"""Games, house and office, clock and memory: rules of games, almanacs, official pages, sums done by hand.

One row: slug of the tool, slug of the API, arguments as the function takes them, part of the answer.
"""

FACTS = [
    ("cron-helper", "describe-cron", {"expression": "0 22 * * 1-5"},
     {"text": "At 22:00, Monday through Friday"}),
    ("dice-odds", "exact-total", {"dice": 2, "sides": 6, "total": 7}, {"fraction": "1/6"}),
    ("dice-odds", "total-at-least", {"dice": 3, "sides": 6, "total": 16}, {"fraction": "5/108"}),
    ("dice-odds", "any-face", {"dice": 4, "sides": 6, "at_least": 6}, {"percent": 51.7747}),  # de Mere
    ("home-improvement", "concrete-slab",
     {"length": 10.0, "width": 5.0, "thickness_cm": 20.0},
     {"cubic_metres": 10.0}),
    ("home-improvement", "staircase", {"rise_cm": 272.0}, {"steps": 15, "riser_cm": 18.13}),
    ("league-tables", "season-length", {"teams": 18}, {"matches": 306, "match_days": 34}),  # the Bundesliga
    ("league-tables", "knockout-bracket", {"teams": 48}, {"rounds": 6, "byes": 16, "matches": 47}),
    ("poker-hands", "deal-odds", {"hand": "full house"}, {"ways": 3744, "percent": 0.144058}),
    ("poker-hands", "best-hand",
     {"hole": "As Ks", "board": "Qs Js Ts 2h 3d"},
     {"hand": "royal flush", "rank": 1}),
    ("puzzle-room", "from-roman", {"numeral": "MDCCLXXVI"}, {"number": 1776}),
    ("puzzle-room", "letter-points", {"word": "quiz"}, {"points": 22}),
]  # fmt: skip
