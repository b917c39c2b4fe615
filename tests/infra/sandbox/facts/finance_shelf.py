"""Standards, registers and old newspapers: what is known of money, trade and publishing from elsewhere.

One row: slug of the tool, slug of the API, arguments as the function takes them, part of the answer.
"""

import datetime

D = datetime.date

FACTS = [
    # The sample accounts of ISO 13616's registry, and lengths that the registry prints.
    ("bank-identifiers", "check-iban",
     {"iban": "GB29 NWBK 6016 1331 9268 19"},
     {"valid": True, "expected_check_digits": "29"}),
    ("bank-identifiers", "check-iban",
     {"iban": "DE00370400440532013000"},
     {"valid": False, "expected_check_digits": "89"}),
    ("bank-identifiers", "iban-parts",
     {"iban": "GB29NWBK60161331926819"},
     {"bank_code": "NWBK", "branch_code": "601613", "account": "31926819"}),
    ("bank-identifiers", "bank-of-account",
     {"iban": "DE89370400440532013000"},
     {"bank": "Commerzbank", "bic": "COBADEFFXXX"}),
    ("bank-identifiers", "iban-layout", {"country": "NO"}, {"length": 15}),
    ("bank-identifiers", "iban-layout", {"country": "MT"}, {"length": 31, "sepa": True}),
    # Chase of New York prints 021000021 on its cheques.
    ("bank-identifiers", "routing-number-digit", {"digits": "02100002"}, {"routing_number": "021000021"}),
    ("security-identifiers", "cusip-to-isin", {"cusip": "594918104"}, {"isin": "US5949181045"}),
    ("security-identifiers", "build-isin",
     {"country": "CH", "national_number": "3886335"},
     {"isin": "CH0038863350"}),
    ("security-identifiers", "sedol-to-isin", {"sedol": "0263494"}, {"isin": "GB0002634946"}),
    ("security-identifiers", "check-lei",
     {"lei": "7LTWFZYICNSX8D621K86"},
     {"valid": True, "issuer_prefix": "7LTW"}),
    ("security-identifiers", "instrument-class", {"cfi": "ESVUFR"}, {"category": "Equities"}),
    # Apple closed at 135.36 dollars on 31 January 2008; Google ended its first month at 102.37.
    ("stock-archive", "month-price", {"symbol": "AAPL", "date": D(2008, 1, 31)}, {"price": 135.36}),
    ("stock-archive", "month-price", {"symbol": "GOOG", "date": D(2004, 8, 31)}, {"price": 102.37}),
    ("bond-and-depreciation-math", "bond-price",
     {"face": 1000.0, "coupon": 5.0, "market_yield": 5.0, "years": 20},
     {"price": 1000.0}),
    ("bond-and-depreciation-math", "bond-price",
     {"face": 1000.0, "coupon": 8.0, "market_yield": 10.0, "years": 3},
     {"price": 950.26}),
    ("bond-and-depreciation-math", "yield-to-maturity",
     {"face": 1000.0, "coupon": 8.0, "price": 950.26, "years": 3},
     {"percent_per_year": 10.0}),
    ("bond-and-depreciation-math", "sum-of-years-depreciation",
     {"cost": 10_000.0, "salvage": 1000.0, "life": 5, "year": 1},
     {"depreciation": 3000.0, "book_value": 7000.0}),
    ("tax-and-company-numbers", "luhn-digit", {"number": "7992739871"}, {"check_digit": 3}),
    ("tax-and-company-numbers", "luhn-digit", {"number": "411111111111111"}, {"check_digit": 1}),
    # From the imprints of Axel Springer and of Google France.
    ("tax-and-company-numbers", "check-vat-number",
     {"number": "DE136695976"},
     {"valid": True, "country": "DE"}),
    ("tax-and-company-numbers", "french-vat-number", {"siren": "443061841"}, {"vat_number": "FR64443061841"}),
    ("tax-and-company-numbers", "ein-campus", {"ein": "04-2103594"}, {"campus": "Brookhaven"}),
    ("license-desk", "simplify-expression",
     {"expression": "MIT AND (Apache-2.0 OR MIT)"},
     {"simplified": "MIT"}),
    ("license-desk", "license-record",
     {"key": "GPL-2.0"},
     {"key": "GPL-2.0-only", "kind": "Copyleft"}),
    # Payrolls fell to their low of 129.7 million in February 2010; builders peaked in April 2006.
    ("us-employment-archive", "year-of-sector",
     {"sector": "nonfarm", "year": 2010},
     {"lowest_month": "2010-02"}),
    ("us-employment-archive", "year-of-sector",
     {"sector": "construction", "year": 2006},
     {"highest_month": "2006-04"}),
]
