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
)
