"""Sixty sentences over the hub's own APIs, written by hand in words that are not those of its documentation.

They were written, and planned once, before any rule of the teacher was mended on them. Rules may be mended on
those at even places (`MENDED_ON`); those at odd places (`HELD_OUT`) are only counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Sentence:
    """What somebody asks, and the calls that it means."""

    text: str
    calls: tuple[Call, ...] = ()
    """`<tool slug>/<API slug>` and arguments, in order; empty where it has to be declined. A frozenset stands
    for any of its members."""
    beside: tuple[str, ...] = ()
    """Slugs of tools that are offered as well."""

    @property
    def tools(self) -> tuple[str, ...]:
        """Slugs of the tools whose APIs are offered."""
        return tuple(dict.fromkeys([*(name.split("/")[0] for name, _ in self.calls), *self.beside]))


def s(text: str, *calls: Call, beside: Sequence[str] = ()) -> Sentence:
    return Sentence(text, calls, tuple(beside))


SENTENCES = (
    s("I'm at 45.44, 12.33. Which airport is nearest to me?",
      ("airport-directory/nearest-airport", {"latitude": 45.44, "longitude": 12.33}), beside=["city-finder"]),
    s("How many airports are there in Iceland?",
      ("airport-directory/count-airports", {"country": "IS"}), beside=["flight-planner"]),
    s("Is the IBAN 'DE89370400440532013000' a real one, and which bank runs it?",
      ("bank-identifiers/check-iban", {"iban": "DE89370400440532013000"}),
      ("bank-identifiers/bank-of-account", {"iban": "DE89370400440532013000"})),
    s("I push a 34 tooth chainring and a 28 tooth cog on 622 mm rims with 32 mm tyres. "
      "How fast am I at a cadence of 85?",
      ("bicycle-gearing/speed-at-cadence",
       {"chainring": 34, "cog": 28, "cadence": 85, "rim_mm": 622, "tyre_mm": 32})),
    s("A bond has a face value of 1000, pays a coupon of 4 percent and runs for 8 more years. "
      "The market yield is 5 percent. What should I pay for it?",
      ("bond-and-depreciation-math/bond-price",
       {"face": 1000, "coupon": 4, "market_yield": 5, "years": 8}), beside=["loan-and-investment-math"]),
    s("On which Sunday will Orthodox Christians keep Easter in 2028?",
      ("calendar-converter/easter-date", {"year": 2028, "rite": "orthodox"}),
      beside=["public-holidays-atlas"]),
    s("What does the Hebrew calendar say on 3 October 2026?",
      ("calendar-converter/from-gregorian", {"calendar": "hebrew", "date": "2026-10-03"})),
    s("Name the 5 biggest towns in Peru.",
      ("city-finder/largest-cities", {"country": "PE", "limit": 5}), beside=["world-countries"]),
    s("It's 35 degrees outside with 70 percent humidity. How hot does that really feel?",
      ("comfort-calculator/heat-index", {"temperature_c": 35, "humidity": 70}), beside=["sun-times"]),
    s("The forecast says winds of 62 km/h. What is that on the Beaufort scale?",
      ("comfort-calculator/beaufort-force", {"wind_kmh": 62})),
    s("Please explain the crontab entry '0 6 * * 1' to me in plain words.",
      ("cron-helper/describe-cron", {"expression": "0 6 * * 1"})),
    s("Which places use XAF as their currency?",
      ("currency-directory/countries-using-currency", {"currency": "XAF"}), beside=["world-countries"]),
    s("My niece was born on 2 March 1990. How old will she be on 1 January 2030?",
      ("date-toolkit/age-on", {"birth": "1990-03-02", "date": "2030-01-01"})),
    s("What day of the week was 20 July 1969, when people first walked on the moon?",
      ("date-toolkit/day-info", {"date": "1969-07-20"}), beside=["sun-times"]),
    s("I roll 4 dice with 6 sides. What are my odds of scoring 15 or more?",
      ("dice-odds/total-at-least", {"dice": 4, "sides": 6, "total": 15})),
    s("How many Swiss francs did 500 euros get you on 4 May 2015?",
      ("ecb-exchange-rates/convert-amount",
       {"amount": 500, "from_currency": "EUR", "to_currency": "CHF", "date": "2015-05-04"})),
    s("Between 3 January 2022 and 30 September 2022, how much did the US dollar rise against the euro?",
      ("ecb-exchange-rates/rate-change",
       {"from_currency": "USD", "to_currency": "EUR", "start": "2022-01-03", "end": "2022-09-30"})),
    s("Somebody signed up as jane.doe@example.org. Is that a legitimate mail address?",
      ("email-check/validate-email", {"email": "jane.doe@example.org"}), beside=["phone-numbers"]),
    s("Is there an emoji of a hedgehog?", ("emoji-desk/find-emoji", {"name": "hedgehog"})),
    s("For how many minutes would I sit on a plane from MAD to EZE?",
      ("flight-planner/flight-time", {"origin": "MAD", "destination": "EZE"}), beside=["airport-directory"]),
    s("How much iron do I get from 150 g of 'Lentils, raw'?",
      ("food-facts/nutrient-amount", {"food": "Lentils, raw", "nutrient": "iron_mg", "grams": 150}),
      beside=["kitchen-converter"]),
    s("If I walk from 47.3769, 8.5417 with a bearing of 90 degrees for 300 km, where do I end up?",
      ("geodesy-service/destination-point",
       {"latitude": 47.3769, "longitude": 8.5417, "bearing": 90, "distance_km": 300})),
    s("My bedroom is 6 m long, 4.5 m wide and 2.6 m high. How much paint should I buy for 2 coats?",
      ("home-improvement/paint-needed", {"length": 6, "width": 4.5, "height": 2.6, "coats": 2})),
    s("Move 250 euros from savings to my current account, please.",
      ("household-ledger/transfer", {"from_account": "savings", "to_account": "current", "amount": 250})),
    s("What do 2 cups of sugar weigh?",
      ("kitchen-converter/ingredient-weight", {"ingredient": "sugar", "value": 2}), beside=["food-facts"]),
    s("The cookbook says 350 g of rice for 4 people, but I am having 9 over. How much rice do I need?",
      ("kitchen-converter/scale-recipe", {"quantity": 350, "from_servings": 4, "to_servings": 9})),
    s("12 clubs play each other twice. How many match days does that make?",
      ("league-tables/season-length", {"teams": 12, "legs": 2})),
    s("I want to borrow 180,000 over 25 years at 3.5 percent. What will I have to pay every month?",
      ("loan-and-investment-math/loan-payment", {"principal": 180000, "annual_rate": 3.5, "years": 25}),
      beside=["bond-and-depreciation-math"]),
    s("Can I sell shares in New York (XNYS) on 25 November 2027?",
      ("market-calendar/trading-day", {"market": "XNYS", "date": "2027-11-25"}),
      beside=["public-holidays-atlas"]),
    s("What is the greatest common divisor of 1071 and 462?",
      ("math-box/gcd-and-lcm", {"a": 1071, "b": 462})),
    s("My phone shows the network 268 06. Whose is that?",
      ("mobile-networks/network-by-code", {"mcc": "268", "mnc": "06"})),
    s("How many moles of NaCl are there in 25 grams?",
      ("molecule-calculator/moles-in-sample", {"formula": "NaCl", "grams": 25}), beside=["periodic-table"]),
    s("I'm writing a cheque: how do I put 1,234.56 US dollars into German words?",
      ("number-words/currency-words", {"amount": 1234.56, "currency": "USD", "language": "de"})),
    s("A parcel is on its way to me with the tracking number '1Z5R89390357567127'. Who is bringing it?",
      ("parcel-and-container-ids/identify-parcel", {"number": "1Z5R89390357567127"}),
      beside=["parcel-packer"]),
    s("At what temperature does tungsten (W) melt?", ("periodic-table/element", {"symbol": "W"})),
    s("Somebody called me from '+49 30 901820'. Where does that number ring?",
      ("phone-numbers/phone-location", {"phone": "+49 30 901820"})),
    s("I'm staying in the US. What do I have to dial to reach '+351 21 342 1234'?",
      ("phone-numbers/dial-from-abroad", {"phone": "+351 21 342 1234", "caller": "US"})),
    s("I hold 'Qs Th' and the board is 'Ah Kd Jc'. What is my best combination?",
      ("poker-hands/best-hand", {"hole": "Qs Th", "board": "Ah Kd Jc"})),
    s("How thick will the spine be if a book has 480 pages on paper of grammage 90 with a bulk of 1.3?",
      ("print-and-paper/spine-width", {"pages": 480, "grammage": 90, "bulk": 1.3}),
      beside=["book-numbers"]),
    s("I move to Seoul. When is the next public holiday in South Korea after 10 May 2027?",
      ("public-holidays-atlas/next-holiday", {"country": "KR", "after": "2027-05-10"}),
      beside=["date-toolkit"]),
    s("The office in Germany gave me 5 working days from 22 December 2026. When is my time up?",
      ("public-holidays-atlas/add-working-days", {"country": "DE", "date": "2026-12-22", "days": 5})),
    s("What year do the credits mean by 'MCMLXXXIV'?", ("puzzle-room/from-roman", {"numeral": "MCMLXXXIV"})),
    s("How much is the word 'quiz' worth in Scrabble?", ("puzzle-room/letter-points", {"word": "quiz"})),
    s("A jacket with a price of 120 is marked down by a discount of 30 percent. What do I pay at the till?",
      ("shop-pricing-desk/discounted-price", {"price": 120, "discount": 30}), beside=["shopping-cart"]),
    s("Does this review sound happy or angry: 'The room was lovely, but breakfast was awful.'?",
      ("sentiment-meter/sentiment-of-text", {"text": "The room was lovely, but breakfast was awful."}),
      beside=["string-similarity"]),
    s("How many typing mistakes lie between 'recieve' and 'receive'?",
      ("string-similarity/edit-distance", {"first": "recieve", "second": "receive"})),
    s("Which part of which country has the code ES-CT?",
      ("subdivision-registry/subdivision-by-code", {"code": "ES-CT"}), beside=["world-countries"]),
    s("Will there be a full moon on 29 June 2026?",
      ("sun-times/moon-phase", {"date": "2026-06-29"}), beside=["date-toolkit"]),
    s("When does the sun go down in Porto on 15 August 2026?",
      ("city-finder/search-city", {"name": "Porto"}),
      ("sun-times/sunrise-and-sunset", {"latitude": 41.14961, "longitude": -8.61099, "date": "2026-08-15"})),
    s("What money do they use in the country where the airport NRT is?",
      ("airport-directory/airport-by-iata", {"iata": "NRT"}),
      ("currency-directory/currency-of-country", {"country": "JP"})),
    s("Who built the car with the chassis number 1HGCM82633A004352, and of which model year is it?",
      ("vin-decoder/vehicle-maker", {"vin": "1HGCM82633A004352"}),
      ("vin-decoder/model-year", {"vin": "1HGCM82633A004352"})),
    s("It is 15:00 on 3 March 2026 in Europe/Lisbon. What time is it in Asia/Tokyo at that moment?",
      ("world-clock/convert-time",
       {"date": "2026-03-03", "time": "15:00", "from_zone": "Europe/Lisbon", "to_zone": "Asia/Tokyo"})),
    s("What would 100 US dollars have been worth in the currency of Norway on 2 January 2026?",
      ("currency-directory/currency-of-country", {"country": "NO"}),
      ("ecb-exchange-rates/convert-amount",
       {"amount": 100, "from_currency": "USD", "to_currency": "NOK", "date": "2026-01-02"})),
    s("What is the capital of Kenya, and which countries does Kenya border?",
      ("world-countries/country-profile", {"country": "KE"}),
      ("world-countries/land-neighbours", {"country": "KE"})),
    s("How much will I spend on petrol for 450 km if the car has a consumption of 7.2 "
      "and a litre costs 1.89?",
      ("trip-costs/fuel-cost", {"distance_km": 450, "consumption": 7.2, "price_per_litre": 1.89})),
    s("How many kilometers are 13.1 miles?",
      ("unit-converter/convert-units",
       {"value": 13.1, "from_unit": frozenset(["mile", "miles"]),
        "to_unit": frozenset(["kilometer", "kilometers"])})),
    s("Please give note 3 to Carla.", ("task-board/assign-task", {"task": 3, "person": "carla"}),
      beside=["team-calendar"]),
    s("Reserve a table for two at a restaurant near the station tonight.",
      beside=["food-facts", "date-toolkit"]),
    s("How many working days lie between 1 July 2026 and 31 July 2026?",
      beside=["public-holidays-atlas", "ecb-exchange-rates"]),
    s("I want to know what the lottery numbers were last Saturday.", beside=["dice-odds", "math-box"]),
)  # fmt: skip

MENDED_ON = SENTENCES[0::2]
HELD_OUT = SENTENCES[1::2]
