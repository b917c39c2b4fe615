"""A little general knowledge, such as any language model has: codes of countries, currencies, languages.

It is used only where documentation asks for a code and the instruction gives a name. Written by hand,
deliberately small; a name that is not listed is passed on as it stands.
"""

_COUNTRIES = """
Argentina AR, Australia AU, Austria AT, Belgium BE, Bolivia BO, Brazil BR, Bulgaria BG, Canada CA, Chile CL,
China CN, Colombia CO, Croatia HR, Cuba CU, Cyprus CY, Czechia CZ, Czech Republic CZ, Denmark DK, Ecuador EC,
Egypt EG, Estonia EE, Ethiopia ET, Finland FI, France FR, Germany DE, Ghana GH, Greece GR, Hungary HU,
Iceland IS, India IN, Indonesia ID, Iran IR, Iraq IQ, Ireland IE, Israel IL, Italy IT, Jamaica JM, Japan JP,
Jordan JO, Kenya KE, Latvia LV, Lithuania LT, Luxembourg LU, Malaysia MY, Malta MT, Mexico MX, Morocco MA,
Nepal NP, Netherlands NL, New Zealand NZ, Nigeria NG, Norway NO, Pakistan PK, Panama PA, Peru PE,
Philippines PH, Poland PL, Portugal PT, Romania RO, Russia RU, Saudi Arabia SA, Serbia RS, Singapore SG,
Slovakia SK, Slovenia SI, South Africa ZA, South Korea KR, Spain ES, Sweden SE, Switzerland CH, Taiwan TW,
Tanzania TZ, Thailand TH, Tunisia TN, Turkey TR, Ukraine UA, United Kingdom GB, Great Britain GB, Britain GB,
England GB, United States US, United States of America US, USA US, UK GB, Uruguay UY, Venezuela VE, Vietnam VN
"""
_CURRENCIES = """
euro EUR, euros EUR, dollar USD, dollars USD, US dollar USD, US dollars USD, American dollars USD, pound GBP,
pounds GBP, pounds sterling GBP, British pounds GBP, yen JPY, Japanese yen JPY, Swiss francs CHF,
Swiss franc CHF,
francs CHF, yuan CNY, rupees INR, Indian rupees INR, Norwegian kroner NOK, Norwegian krone NOK,
Swedish kronor SEK, Swedish krona SEK, Danish kroner DKK, Danish krone DKK, zloty PLN, zlotys PLN,
Canadian dollars CAD, Canadian dollar CAD, Australian dollars AUD, Australian dollar AUD, reais BRL,
South Korean won KRW, South African rand ZAR, Mexican pesos MXN, pesos MXN, forint HUF, Turkish lira TRY,
lira TRY
"""
_LANGUAGES = """
Arabic ar, Chinese zh, Czech cs, Danish da, Dutch nl, English en, Finnish fi, French fr, German de, Greek el,
Hebrew he, Hindi hi, Hungarian hu, Indonesian id, Italian it, Japanese ja, Korean ko, Latin la, Norwegian no,
Persian fa, Polish pl, Portuguese pt, Romanian ro, Russian ru, Spanish es, Swedish sv, Thai th, Turkish tr,
Ukrainian uk, Vietnamese vi
"""


def _table(text: str) -> dict[str, str]:
    entries = (entry.split() for entry in text.replace("\n", " ").split(","))
    return {" ".join(words[:-1]).lower(): words[-1] for words in entries}


CODES = {"country": _table(_COUNTRIES), "currency": _table(_CURRENCIES), "language": _table(_LANGUAGES)}
"""Meaning of a parameter -> lower-case name -> code."""

NAMES: dict[str, list[str]] = {}
"""Code -> the names that stand for it."""
for _codes in CODES.values():
    for _name, _code in _codes.items():
        NAMES.setdefault(_code, []).append(_name)

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ],
        start=1,
    )
    for name in names.split()
}

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS = (
    {word: number for number, word in enumerate(_ONES.split())}
    | {word: number * 10 for number, word in enumerate(_TENS.split(), start=2)}
    | {"twice": 2, "thrice": 3}
)
MULTIPLIERS = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "dozen": 12}


def number_in_words(words: list[str]) -> int | None:
    """Read `twenty`, `five` as 25 and `three`, `hundred` as 300; None where it is no number."""
    total, current = 0, 0
    if not words:
        return None
    for word in words:
        if word in NUMBER_WORDS:
            current += NUMBER_WORDS[word]
        elif word in MULTIPLIERS:
            current = max(current, 1) * MULTIPLIERS[word]
            if MULTIPLIERS[word] >= 1_000:
                total, current = total + current, 0
        elif word != "and":
            return None
    return total + current
