"""Lexicon: small words, words that mean nearly the same, and what questions ask for.

It stands in for what a language model knows of English. It names no tool and no API.
"""


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


SMALL_WORDS = word_set(
    """
    a an the this that these those it its itself they them their he she his her you your yours we
    our us i my me mine myself and or but nor so if then than as at by for from in into of off on
    onto out over per to up upon with within without about through during is are was were be been
    being am do does did done doing have has had having can could may might must shall should will
    would please kindly thanks thank hi hello hey dear ok okay just only also too very much many
    more most some any all each every both either neither no not yes there here where when what
    which who whom whose why how once let lets get gets got give gives given show shows tell tells
    want wants wanted need needs needed like likes liked know knows known help helps find finds
    found provide provides provided return returns returned retrieve retrieves retrieved fetch
    fetches obtain obtains look looks see sees use uses used using function subfunction tool api
    apis endpoint call request response result results information info details detail particular
    certain specific one ones two via etc thing things able make makes made take takes taken us
    additionally furthermore moreover finally lastly besides afterwards work working-on e.g i.e
    value values parameter parameters optional required example examples based following available
    """
)
"""Words that carry no hint of what is asked for; compared before stemming."""

GROUPS = """
holiday festival celebration
vacation trip journey travel travelling
weather climate meteorological
temperature warm warmth hot cold heat celsius degrees
forecast outlook prediction predict
distance far apart length
convert turn change transform conversion exchange express expressed
price cost quote quotation
payment instalment installment repay repayment pay
loan mortgage borrow credit
currency money
country nation state-nation
city town municipality
place location spot position whereabouts located
coordinate coordinates latitude longitude geographic
near nearest closest close nearby
height elevation altitude tall
phone telephone mobile number-phone
mail email e-mail
hour clock time
zone timezone
sunrise dawn sunup rise daybreak
sunset dusk sundown
daylight day-length
moon lunar
sun solar
weekday day-of-week
year annual yearly
month monthly
week weekly
check verify validate valid confirm correct validity
count amount-of many quantity
calculate compute work-out determine
list enumerate overview
search lookup find-out seek
biggest largest big large
population populous inhabitants people residents live head-count
airport airfield aerodrome
flight fly flying plane aircraft
arrive arrival land
depart departure leave
ship vessel boat sea voyage sail
parcel package shipment
weight weigh heavy mass
speed fast quick
duration long last
word term
text sentence passage paragraph
sentiment mood feeling positive negative
language tongue
name called title
meaning definition define
spell spelling
kilometre kilometer kilometres km
melt melting
neighbour neighbor border bordering adjoin adjoining adjacent frontier
capital seat
company business firm
bank banking
account iban
tax vat
code identifier id
password passphrase
strength strong
song music track
chord harmony
note pitch tone
colour color shade
food meal dish nutrient nutrition
calorie energy kcal
recipe ingredient cook cooking bake baking oven
exercise workout training
body bmi
run running jog pace
chess game
dice roll
probability chance likelihood odds
random arbitrary
mean average
molecule molecular compound chemical
element periodic
barcode ean gtin
book isbn
encode encoding
decode decoding
hash checksum digest
employment job work-force workforce employed
sector industry branch
stock share equity
growth increase grow
difference differ gap between-times
workday workdays
rate ratio
percent percentage per-cent
open opens trading session
guest guests serving servings people-at-table portion
offset shift
wind breeze windy
humid humidity moisture
rain precipitation rainfall
picture image photo
film movie
news headline article
user member person
address street
schedule timetable
calendar date
total sum
tip gratuity
split divide
bill invoice check-bill
discount rebate reduced reduction
illness disease diagnosis
journal magazine newspaper
write-off depreciation depreciate written-off
purchase bought
appointment event meeting
diary calendar-book agenda
sprocket cog
dry rainless
spouse partner
equinox solstice season
voucher coupon
basket cart
deadline due
colleague coworker
latest recent newest current
history past historical
neighbourhood district region area
""".strip().splitlines()

QUESTIONS = {
    "many": "count",
    "far": "distance",
    "long": "duration",
    "old": "age",
    "often": "frequency",
    "fast": "speed",
    "high": "height",
    "tall": "height",
    "heavy": "weight",
    "hot": "temperature",
    "cold": "temperature",
    "warm": "temperature",
    "expensive": "price",
    "big": "size",
    "large": "size",
    "easily": "ease",
    "deep": "depth",
}
"""`how far` asks for a distance, in a question and in a description alike."""

MEASURED = {
    "long": "length",
    "wide": "width",
    "broad": "width",
    "high": "height",
    "tall": "height",
    "deep": "depth",
    "thick": "thickness",
    "heavy": "weight",
    "old": "age",
}
"""What a number measures that is followed by one of these: `6 m long`."""

PHRASES = {
    "come up": "sunrise",
    "comes up": "sunrise",
    "go down": "sunset",
    "goes down": "sunset",
    "day off": "holiday",
    "time zone": "timezone",
    "post code": "postcode",
    "zip code": "postcode",
    "head count": "population",
    "business day": "workday",
    "working day": "workday",
    "land border": "neighbour",
    "legal tender": "currency",
    "light hours": "daylight",
    "crow flies": "distance",
}
"""Two words that together mean what one word says."""
