"""US Employment Archive: jobs in the United States by sector, month by month."""

import datetime
from functools import lru_cache
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Day, Integer
from infra.sandbox.hub.sources.tables import read_csv_table
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="US Employment Archive",
    category="Business",
    description="Payroll statistics of the Bureau of Labor Statistics, seasonally adjusted, through the"
    " recession of 2008 and the recovery after it. Numbers are thousands of jobs.",
    tables=("us_employment.csv",),
    data_vintage="January 2006 to December 2015.",
    licence="public domain (US Bureau of Labor Statistics); table: MIT, (c) 2018 J. Vanderplas",
    collections=("market-history", "us-regional-desk"),
)

SECTORS = (
    "construction",
    "education_and_health_services",
    "financial_activities",
    "government",
    "information",
    "leisure_and_hospitality",
    "manufacturing",
    "mining_and_logging",
    "other_services",
    "professional_and_business_services",
    "retail_trade",
    "transportation_and_warehousing",
    "utilities",
    "wholesale_trade",
)
TOTAL = "nonfarm"
Sector = Annotated[
    str,
    Choice(
        "Branch of the economy; nonfarm is all of them.", members=(TOTAL, *SECTORS), example="construction"
    ),
]


def _month(example: str, what: str) -> Day:
    return Day(what, example=example, earliest="2006-01-01", latest="2015-12-31")


@lru_cache(maxsize=1)
def _months() -> dict[str, dict[str, float]]:
    """Return thousands of jobs by ``YYYY-MM`` and sector, in order of time."""
    return {
        row["month"][:7]: {sector: float(row[sector]) for sector in (TOTAL, *SECTORS)}
        for row in read_csv_table("us_employment.csv")
    }


def _jobs(sector: str, date: datetime.date) -> float:
    return _months()[str(date)[:7]][sector]


@tool.get("/employment/{sector}", "Jobs In Month")
def jobs_in_month(
    sector: Sector,
    date: Annotated[datetime.date, _month("2010-06-01", "Any day of the month in question.")],
) -> Answer:
    """How many people a branch of the American economy employed in a month, and its share of all jobs."""
    thousands = _jobs(sector, date)
    share = round(thousands / _jobs(TOTAL, date) * 100, 2)
    return {"sector": sector, "month": str(date)[:7], "thousands": thousands, "share_percent": share}


@tool.get("/employment/{sector}/change", "Job Change")
def job_change(
    sector: Sector,
    start: Annotated[datetime.date, _month("2007-01-01", "Any day of the month to start from.")],
    end: Annotated[datetime.date, _month("2010-01-01", "Any day of the month to end with.")],
) -> Answer:
    """How many places of work a branch won or lost between two months, in thousands and in percent."""
    if str(end)[:7] <= str(start)[:7]:
        raise BadArgument("end", "must lie in a later month than start")
    before, after = _jobs(sector, start), _jobs(sector, end)
    return {
        "sector": sector,
        "thousands": round(after - before, 1),
        "percent": round((after / before - 1) * 100, 2),
    }


@tool.get("/employment/{sector}/years/{year}", "Year Of Sector")
def year_of_sector(
    sector: Sector,
    year: Annotated[int, Integer("Calendar year.", minimum=2006, maximum=2015, example=2009)],
) -> Answer:
    """Average, best and worst month of one calendar year in a branch of the economy."""
    months = {m: row[sector] for m, row in _months().items() if m[:4] == str(year)}
    return {
        "sector": sector,
        "average_thousands": round(sum(months.values()) / len(months), 1),
        "highest_month": max(months, key=lambda m: months[m]),
        "lowest_month": min(months, key=lambda m: months[m]),
    }


@tool.get("/ranking", "Largest Sectors")
def largest_sectors(
    date: Annotated[datetime.date, _month("2015-12-01", "Any day of the month in question.")],
    limit: Annotated[int, Integer("How many to list.", minimum=1, maximum=14, example=5)] = 5,
) -> Answer:
    """The branches of the economy that gave work to most people in a month, the biggest employer first."""
    ranking = sorted(SECTORS, key=lambda sector: -_jobs(sector, date))[:limit]
    return {
        "month": str(date)[:7],
        "sectors": [{"sector": sector, "thousands": _jobs(sector, date)} for sector in ranking],
    }
