"""Loan And Investment Math: instalments, savings and returns."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Integer, Number, Numbers
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Loan And Investment Math",
    category="Finance",
    description="Textbook finance with monthly or yearly compounding: what a debt costs, what savings"
    " grow to, and which interest hides in a series of payments.",
    data_vintage="Formulae.",
    licence="Apache-2.0",
    collections=("household-budget",),
)

Rate = Annotated[float, Number("Interest per year in percent.", minimum=0, maximum=50, example=5)]
Years = Annotated[int, Integer("Duration in years.", minimum=1, maximum=60, example=10)]
Cashflows = Annotated[
    tuple[float, ...],
    Numbers(
        "Yearly payments, the first one today; money paid out is negative.",
        minimum=-1e9,
        maximum=1e9,
        min_length=2,
        max_length=60,
        example=(-1000, 300, 420, 680),
    ),
]


def _present_value(rate: float, cashflows: tuple[float, ...]) -> float:
    return float(sum(flow / (1 + rate) ** year for year, flow in enumerate(cashflows)))


@tool.get("/loan/payment", "Loan Payment")
def loan_payment(
    principal: Annotated[float, Number("Sum borrowed.", minimum=1, maximum=1e9, example=250_000)],
    annual_rate: Rate,
    years: Years,
) -> Answer:
    """The constant monthly instalment that repays a debt, and the interest paid over all years."""
    months, rate = years * 12, annual_rate / 1200
    payment = principal / months if rate == 0 else principal * rate / (1 - (1 + rate) ** -months)
    return {
        "monthly_payment": round(payment, 2),
        "total_interest": round(payment * months - principal, 2),
    }


@tool.get("/invest/future-value", "Future Value")
def future_value(
    monthly_deposit: Annotated[
        float, Number("Sum put aside at the end of each month.", minimum=0, maximum=1e6, example=200)
    ],
    annual_rate: Rate,
    years: Years,
    initial: Annotated[float, Number("Sum already there.", minimum=0, maximum=1e9, example=1000)] = 0.0,
) -> Answer:
    """What regular savings are worth after some years of monthly compound interest."""
    months, rate = years * 12, annual_rate / 1200
    growth = (1 + rate) ** months
    deposits = monthly_deposit * (months if rate == 0 else (growth - 1) / rate)
    return {"future_value": round(initial * growth + deposits, 2)}


@tool.get("/invest/growth-rate", "Growth Rate")
def growth_rate(
    start_value: Annotated[
        float, Number("Worth at the beginning.", minimum=0.01, maximum=1e12, example=1000)
    ],
    end_value: Annotated[float, Number("Worth at the end.", minimum=0.01, maximum=1e12, example=1800)],
    years: Annotated[float, Number("Duration in years.", minimum=0.5, maximum=100, example=6)],
) -> Answer:
    """The constant yearly return, in percent, that leads from one worth to another."""
    return {"percent_per_year": round(((end_value / start_value) ** (1 / years) - 1) * 100, 3)}


@tool.post("/invest/present-value", "Net Present Value")
def net_present_value(rate: Rate, cashflows: Cashflows) -> Answer:
    """The worth today of payments in coming years, discounted at a yearly rate."""
    return {"net_present_value": round(_present_value(rate / 100, cashflows), 2)}


@tool.post("/invest/internal-rate", "Internal Rate Of Return")
def internal_rate(cashflows: Cashflows) -> Answer:
    """The yearly interest, in percent, at which payments out and in are worth the same."""
    low, high = -0.99, 10.0
    at_low = _present_value(low, cashflows)
    if at_low * _present_value(high, cashflows) > 0 or not any(cashflows):
        raise NotFound("no interest rate makes these payments worth nothing; they need both signs")
    for _ in range(100):
        middle = (low + high) / 2
        if (_present_value(middle, cashflows) > 0) == (at_low > 0):
            low = middle
        else:
            high = middle
    return {"percent_per_year": round(low * 100, 3)}
