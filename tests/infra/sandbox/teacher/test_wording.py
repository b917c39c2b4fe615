"""Instructions written by hand, in words that are not those of the documentation."""

from tests.infra.sandbox.teacher.conversations import solve
from tests.infra.sandbox.teacher.marketplace import function_name, functions

SENTENCES: list[tuple[str, list[tuple[str, str, dict[str, object]]]]] = [
    (
        "When is high tide in Cork on 12 April 2026?",
        [("Harbour Almanac", "High Water", {"port": "Cork", "date": "2026-04-12"})],
    ),
    (
        "I'm sailing from Lagos next spring. On average, how big is the tide range at Lagos in April 2026?",
        [("Harbour Almanac", "Tide Range", {"port": "Lagos", "month": "2026-04"})],
    ),
    (
        "My box is bulky: length 70 cm, width 45 cm, height 20 cm. What weight will carriers charge for?",
        [("Parcel Desk", "Volume Weight", {"length_cm": 70, "width_cm": 45, "height_cm": 20})],
    ),
    (
        "How much do I pay to send 3.2 kg to Norway?",
        [("Parcel Desk", "Postage Price", {"weight_kg": 3.2, "country": "NO"})],
    ),
    (
        'Do you have any books called "Winter Tales"?',
        [("Library Shelf", "Search Books", {"title": "Winter Tales"})],
    ),
    (
        "Which volume carries the ISBN 9783161484100?",
        [("Library Shelf", "Book By Number", {"isbn": "9783161484100"})],
    ),
    (
        "I borrowed a volume on May 4, 2026 for 21 days. When must it be back?",
        [("Library Shelf", "Loan Due Date", {"borrowed": "2026-05-04", "days": 21})],
    ),
    (
        "What were 250 euros worth in Swiss francs on 2 January 2026?",
        [
            (
                "Coin Cabinet",
                "Exchange Sum",
                {"amount": 250, "from_currency": "EUR", "to_currency": "CHF", "date": "2026-01-02"},
            )
        ],
    ),
    (
        "With what money do people pay in Kenya?",
        [("Coin Cabinet", "Money Of Country", {"country": "KE"})],
    ),
    ("Where is Bergen?", [("Town Register", "Find Town", {"name": "Bergen"})]),
    (
        "Name the 7 biggest towns in Peru.",
        [("Town Register", "Largest Towns", {"country": "PE", "limit": 7})],
    ),
    (
        "Which towns lie at most 40 km from 48.2, 7.6?",
        [("Town Register", "Towns Around", {"latitude": 48.2, "longitude": 7.6, "radius_km": 40})],
    ),
    (
        "For how many hours is the sun up at latitude 59.33 and longitude 18.06 on 21 December 2026?",
        [("Town Register", "Daylight Hours", {"latitude": 59.33, "longitude": 18.06, "date": "2026-12-21"})],
    ),
    (
        "We close on public holidays. What's the first one in Brazil after September 1, 2026?",
        [("Work Calendar", "Next Day Off", {"country": "BR", "after": "2026-09-01"})],
    ),
    (
        "Count the business days in Spain between 2026-07-01 and 2026-07-31 for me, please.",
        [
            (
                "Work Calendar",
                "Count Working Days",
                {"country": "ES", "start": "2026-07-01", "end": "2026-07-31"},
            )
        ],
    ),
    (
        "Our call is at 15:00 on 3 March 2026 in Europe/Lisbon."
        " What will the local time of that appointment be in America/Bogota?",
        [
            (
                "Work Calendar",
                "Shift Meeting",
                {
                    "datetime": "2026-03-03T15:00:00",
                    "from_timezone": "Europe/Lisbon",
                    "to_timezone": "America/Bogota",
                },
            )
        ],
    ),
    (
        "Look up the town Kyoto, then tell me the next public holiday in that country after 2026-02-01.",
        [
            ("Town Register", "Find Town", {"name": "Kyoto"}),
            ("Work Calendar", "Next Day Off", {"country": "JP", "after": "2026-02-01"}),
        ],
    ),
    (
        "How long is the sun up in Porto on 2026-06-21?",
        [
            ("Town Register", "Find Town", {"name": "Porto"}),
            (
                "Town Register",
                "Daylight Hours",
                {"latitude": 41.15, "longitude": -8.61, "date": "2026-06-21"},
            ),
        ],
    ),
    (
        "What is Norway's legal tender?"
        " And what did it cost on 2026-01-02 to exchange 100 USD to that currency?",
        [
            ("Coin Cabinet", "Money Of Country", {"country": "NO"}),
            (
                "Coin Cabinet",
                "Exchange Sum",
                {"amount": 100, "from_currency": "USD", "to_currency": "NOK", "date": "2026-01-02"},
            ),
        ],
    ),
    (
        "I need two things for Portugal: the price of a 2 kg parcel to it, and the three largest towns.",
        [
            ("Parcel Desk", "Postage Price", {"weight_kg": 2, "country": "PT"}),
            ("Town Register", "Largest Towns", {"country": "PT", "limit": 3}),
        ],
    ),
    (
        "Could you check the due date of a book taken home on 2026-08-03 for 14 days and also find books"
        " about 'A Guide to Bees'?",
        [
            ("Library Shelf", "Loan Due Date", {"borrowed": "2026-08-03", "days": 14}),
            ("Library Shelf", "Search Books", {"title": "A Guide to Bees"}),
        ],
    ),
    ("Book me a table for two in a restaurant tonight.", []),
    ("What's the first public holiday in France?", []),
    ("Who won the cycling race in Ghent last week?", []),
    (
        "My grandmother lives in Bergen. What are the coordinates of that town?",
        [("Town Register", "Find Town", {"name": "Bergen"})],
    ),
    (
        "How expensive is it to mail a 12.5 kg package to Switzerland by air (express: yes)?",
        [("Parcel Desk", "Postage Price", {"weight_kg": 12.5, "country": "CH", "express": True})],
    ),
    (
        "A carton measures 80 x 60 x 50 cm. Compute its volume weight.",
        [("Parcel Desk", "Volume Weight", {"length_cm": 80, "width_cm": 60, "height_cm": 50})],
    ),
    (
        "Show me at most 3 books whose title contains 'The Sea'.",
        [("Library Shelf", "Search Books", {"title": "The Sea", "limit": 3})],
    ),
    (
        "Until when may I keep a novel that I took home on June 30th, 2026 if the loan runs for 28 days?",
        [("Library Shelf", "Loan Due Date", {"borrowed": "2026-06-30", "days": 28})],
    ),
    (
        "Convert 1,250.50 Swedish kronor to yen at the rate of 15 October 2025, please.",
        [
            (
                "Coin Cabinet",
                "Exchange Sum",
                {"amount": 1250.5, "from_currency": "SEK", "to_currency": "JPY", "date": "2025-10-15"},
            )
        ],
    ),
    ("Which currency is used in Japan?", [("Coin Cabinet", "Money Of Country", {"country": "JP"})]),
    (
        "List the top 10 towns of Vietnam by population.",
        [("Town Register", "Largest Towns", {"country": "VN", "limit": 10})],
    ),
    (
        "I'm at latitude 60.39, longitude 5.32. Which towns are within 25 km of me?",
        [("Town Register", "Towns Around", {"latitude": 60.39, "longitude": 5.32, "radius_km": 25})],
    ),
    (
        "After 2026-05-01, when do Koreans (KR) have their next day off?",
        [("Work Calendar", "Next Day Off", {"country": "KR", "after": "2026-05-01"})],
    ),
    (
        "Between 1 August 2026 and 31 August 2026, how many working days are there in the Netherlands?",
        [
            (
                "Work Calendar",
                "Count Working Days",
                {"country": "NL", "start": "2026-08-01", "end": "2026-08-31"},
            )
        ],
    ),
    (
        "Our team meets 2026-03-03T09:30:00 Asia/Tokyo time; what's that in Asia/Kathmandu?",
        [
            (
                "Work Calendar",
                "Shift Meeting",
                {
                    "datetime": "2026-03-03T09:30:00",
                    "from_timezone": "Asia/Tokyo",
                    "to_timezone": "Asia/Kathmandu",
                },
            )
        ],
    ),
    (
        "In Brest, when does the tide peak on 2026-03-20? Heights in foot please.",
        [("Harbour Almanac", "High Water", {"port": "Brest", "date": "2026-03-20", "unit": "foot"})],
    ),
    (
        "Find the town Porto."
        " Which public holiday comes next there after 2026-06-01, and what is the legal tender there?",
        [
            ("Town Register", "Find Town", {"name": "Porto"}),
            ("Work Calendar", "Next Day Off", {"country": "PT", "after": "2026-06-01"}),
            ("Coin Cabinet", "Money Of Country", {"country": "PT"}),
        ],
    ),
    (
        "What would 80 USD be worth in the currency of Kenya on 2026-01-02?",
        [
            ("Coin Cabinet", "Money Of Country", {"country": "KE"}),
            (
                "Coin Cabinet",
                "Exchange Sum",
                {"amount": 80, "from_currency": "USD", "to_currency": "KES", "date": "2026-01-02"},
            ),
        ],
    ),
    ("Send a parcel to Norway: what does it cost?", []),
    ("Translate 'good morning' to French.", []),
]


def kept(text: str, wanted: list[tuple[str, str, dict[str, object]]]) -> bool:
    """Whether exactly the wanted calls are made; an empty list is to be declined."""
    calls, end = solve(text, functions())
    if [(function_name(tool, api), arguments) for tool, api, arguments in wanted] != calls or end is None:
        return False
    return bool(end["return_type"] == ("give_answer" if wanted else "give_up_and_restart"))


def test_nine_of_ten_sentences_in_other_words_are_planned_exactly() -> None:
    missed = [text for text, wanted in SENTENCES if not kept(text, wanted)]
    assert len(missed) <= len(SENTENCES) // 10, missed
