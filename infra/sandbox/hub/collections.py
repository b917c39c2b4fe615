"""The shelves of the marketplace that cut across categories. A tool file names the ones it belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Collection:
    """A group of tools that serve one purpose, whatever their categories."""

    slug: str
    name: str
    description: str


COLLECTIONS = (
    Collection("travel-planning", "Travel Planning", "Everything to look up before a journey abroad."),
    Collection(
        "cross-border-business",
        "Cross-Border Business",
        "Money, markets, working days and clocks of other countries.",
    ),
    Collection("outdoor-day", "Outdoor Day", "Light, weather and distances for a day outside."),
    Collection("home-cooking", "Home Cooking", "Recipes in other units and what is in the food."),
    Collection("science-homework", "Science Homework", "Chemistry, units and arithmetic for school."),
    Collection("household-budget", "Household Budget", "Loans, savings and prices of a household."),
    Collection(
        "calendars-of-the-world",
        "Calendars Of The World",
        "Dates as different countries and traditions keep them.",
    ),
    Collection("maps-and-coordinates", "Maps And Coordinates", "From names to places on the globe and back."),
    Collection("writing-desk", "Writing Desk", "References and counters for whoever writes about the world."),
    Collection(
        "cross-border-payments",
        "Cross-Border Payments",
        "Accounts, banks, currencies and tax numbers when money goes abroad.",
    ),
    Collection(
        "shipping-and-freight", "Shipping And Freight", "Parcels, containers, addresses and what they cost."
    ),
    Collection("online-shop", "Online Shop", "Product codes, prices, parcels and addresses of a web shop."),
    Collection("publishing-house", "Publishing House", "Numbers, paper and rights of books and recordings."),
    Collection("market-history", "Market History", "What shares, currencies and jobs did in past years."),
    Collection("us-regional-desk", "US Regional Desk", "Zip codes, jobs and places of the United States."),
    Collection("vehicles-and-trips", "Vehicles And Trips", "Cars, bicycles, fuel and the way to go."),
    Collection("office-paperwork", "Office Paperwork", "Numbers and forms that offices check every day."),
    Collection("game-night", "Game Night", "Cards, dice, riddles and scores for an evening with friends."),
    Collection(
        "team-office", "Team Office", "Appointments, duties and schedules of people who work together."
    ),
    Collection("today-board", "Today Board", "What the clock says: open doors, open markets, days to go."),
    Collection("moving-house", "Moving House", "Material, money and dates for a move to another place."),
    Collection(
        "commuter-desk", "Commuter Desk", "The next train, the tide, the light, and shops on the way."
    ),
    Collection("small-shop", "Small Shop", "Counter, till and opening hours of a shop of one's own."),
    Collection("account-safety", "Account Safety", "Sign-ups, passwords and codes that keep accounts safe."),
    Collection(
        "network-operations", "Network Operations", "Addresses, domains and servers of whoever runs them."
    ),
    Collection(
        "community-moderation", "Community Moderation", "Posts, moods and contacts of an online community."
    ),
    Collection("localisation-kit", "Localisation Kit", "Numbers, scripts and words in other languages."),
    Collection(
        "calls-and-meetings-abroad", "Calls And Meetings Abroad", "Whom to ring when, in which country."
    ),
    Collection("brand-and-print", "Brand And Print", "Colours, codes and lettering of printed matter."),
    Collection("developer-bench", "Developer Bench", "Small things that programmers look up all day."),
    Collection("puzzle-hour", "Puzzle Hour", "Codes, words and numbers to puzzle over."),
    Collection("sky-watching", "Sky Watching", "Stars, planets, light and darkness over a place."),
    Collection("aviation-desk", "Aviation Desk", "Weather reports, routes, bearings and units of pilots."),
    Collection("life-sciences", "Life Sciences", "Genes, bodies, diseases and the arithmetic of the lab."),
    Collection(
        "sports-season", "Sports Season", "Training, ratings, fixtures and the weather of match days."
    ),
    Collection("music-and-design", "Music And Design", "Notes, rhythm, light and the look of things."),
    Collection("training-diary", "Training Diary", "Runs, meals, heartbeats and weights of one person."),
    Collection(
        "workshop-and-studio", "Workshop And Studio", "Circuits, lenses, energy and units at the workbench."
    ),
    Collection("weather-and-climate", "Weather And Climate", "What the air does, did, and usually does."),
)
