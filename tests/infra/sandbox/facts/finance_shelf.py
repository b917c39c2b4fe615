"""Standards, registers and old newspapers: what is known of money, trade and publishing from elsewhere.

One row: slug of the tool, slug of the API, arguments as the function takes them, part of the answer.
"""

import datetime

D = datetime.date

FACTS = [
    # The sample accounts of ISO 13616's registry, and lengths that the registry prints.
    (
        "bank-identifiers",
        "check-iban",
        {"iban": "GB29 NWBK 6016 1331 9268 19"},
        {"valid": True, "expected_check_digits": "29"},
    ),
    (
        "bank-identifiers",
        "check-iban",
        {"iban": "DE00370400440532013000"},
        {"valid": False, "expected_check_digits": "89"},
    ),
    (
        "bank-identifiers",
        "iban-parts",
        {"iban": "GB29NWBK60161331926819"},
        {"bank_code": "NWBK", "branch_code": "601613", "account": "31926819"},
    ),
    (
        "bank-identifiers",
        "bank-of-account",
        {"iban": "DE89370400440532013000"},
        {"bank": "Commerzbank", "bic": "COBADEFFXXX"},
    ),
    ("bank-identifiers", "iban-layout", {"country": "NO"}, {"length": 15}),
    ("bank-identifiers", "iban-layout", {"country": "MT"}, {"length": 31, "sepa": True}),
    # Chase of New York prints 021000021 on its cheques.
    ("bank-identifiers", "routing-number-digit", {"digits": "02100002"}, {"routing_number": "021000021"}),
    ("security-identifiers", "cusip-to-isin", {"cusip": "594918104"}, {"isin": "US5949181045"}),
    (
        "security-identifiers",
        "build-isin",
        {"country": "CH", "national_number": "3886335"},
        {"isin": "CH0038863350"},
    ),
    ("security-identifiers", "sedol-to-isin", {"sedol": "0263494"}, {"isin": "GB0002634946"}),
    (
        "security-identifiers",
        "check-lei",
        {"lei": "7LTWFZYICNSX8D621K86"},
        {"valid": True, "issuer_prefix": "7LTW"},
    ),
    ("security-identifiers", "instrument-class", {"cfi": "ESVUFR"}, {"category": "Equities"}),
    # Apple closed at 135.36 dollars on 31 January 2008; Google ended its first month at 102.37.
    ("stock-archive", "month-price", {"symbol": "AAPL", "date": D(2008, 1, 31)}, {"price": 135.36}),
    ("stock-archive", "month-price", {"symbol": "GOOG", "date": D(2004, 8, 31)}, {"price": 102.37}),
    (
        "bond-and-depreciation-math",
        "bond-price",
        {"face": 1000.0, "coupon": 5.0, "market_yield": 5.0, "years": 20},
        {"price": 1000.0},
    ),
    (
        "bond-and-depreciation-math",
        "bond-price",
        {"face": 1000.0, "coupon": 8.0, "market_yield": 10.0, "years": 3},
        {"price": 950.26},
    ),
    (
        "bond-and-depreciation-math",
        "yield-to-maturity",
        {"face": 1000.0, "coupon": 8.0, "price": 950.26, "years": 3},
        {"percent_per_year": 10.0},
    ),
    (
        "bond-and-depreciation-math",
        "sum-of-years-depreciation",
        {"cost": 10_000.0, "salvage": 1000.0, "life": 5, "year": 1},
        {"depreciation": 3000.0, "book_value": 7000.0},
    ),
    ("tax-and-company-numbers", "luhn-digit", {"number": "7992739871"}, {"check_digit": 3}),
    ("tax-and-company-numbers", "luhn-digit", {"number": "411111111111111"}, {"check_digit": 1}),
    # From the imprints of Axel Springer and of Google France.
    (
        "tax-and-company-numbers",
        "check-vat-number",
        {"number": "DE136695976"},
        {"valid": True, "country": "DE"},
    ),
    ("tax-and-company-numbers", "french-vat-number", {"siren": "443061841"}, {"vat_number": "FR64443061841"}),
    ("tax-and-company-numbers", "ein-campus", {"ein": "04-2103594"}, {"campus": "Brookhaven"}),
    (
        "license-desk",
        "simplify-expression",
        {"expression": "MIT AND (Apache-2.0 OR MIT)"},
        {"simplified": "MIT"},
    ),
    ("license-desk", "license-record", {"key": "GPL-2.0"}, {"key": "GPL-2.0-only", "kind": "Copyleft"}),
    # Payrolls fell to their low of 129.7 million in February 2010; builders peaked in April 2006.
    (
        "us-employment-archive",
        "year-of-sector",
        {"sector": "nonfarm", "year": 2010},
        {"lowest_month": "2010-02"},
    ),
    (
        "us-employment-archive",
        "year-of-sector",
        {"sector": "construction", "year": 2006},
        {"highest_month": "2006-04"},
    ),
    # The barcode on a Stabilo pen, the UPC of a box of tissues, the example of ISO 6346.
    ("product-codes", "ean-check-digit", {"digits": "400638133393"}, {"check_digit": 1}),
    ("product-codes", "country-of-code", {"ean": "5901234123457"}, {"country": "PL"}),
    ("product-codes", "upc-to-ean", {"upc": "036000291452"}, {"ean": "0036000291452"}),
    ("product-codes", "barcode-bars", {"ean": "9780306406157"}, {"modules": 95}),
    (
        "shop-pricing-desk",
        "margin-and-markup",
        {"cost": 75.0, "price": 100.0},
        {"margin_percent": 25.0, "markup_percent": 33.33},
    ),
    (
        "shop-pricing-desk",
        "remove-sales-tax",
        {"gross": 119.0, "tax_rate": 19.0},
        {"net": 100.0, "tax": 19.0},
    ),
    (
        "shop-pricing-desk",
        "discounted-price",
        {"price": 100.0, "discount": 20.0, "second_discount": 10.0},
        {"price": 72.0, "total_percent": 28.0},
    ),
    (
        "parcel-and-container-ids",
        "check-container",
        {"number": "CSQU3054383"},
        {"valid": True, "owner": "CSQ", "expected_check_digit": 3},
    ),
    (
        "parcel-and-container-ids",
        "postal-item",
        {"number": "RR473124829GB"},
        {"valid": True, "origin": "GB", "expected_check_digit": 9},
    ),
    ("parcel-and-container-ids", "vessel-number", {"digits": "907472"}, {"imo": "IMO 9074729"}),
    ("parcel-and-container-ids", "identify-parcel", {"number": "1Z999AA10123456784"}, {"courier": "UPS"}),
    # A euro pallet carries eight boxes of 40 by 30 centimetres in a layer.
    (
        "parcel-packer",
        "cartons-on-pallet",
        {"length": 40.0, "width": 30.0, "height": 30.0, "max_height_cm": 100.0},
        {"per_layer": 8, "layers": 3, "cartons": 24},
    ),
    (
        "parcel-packer",
        "volumetric-weight",
        {"length": 50.0, "width": 40.0, "height": 30.0},
        {"volumetric_kg": 12.0},
    ),
    (
        "parcel-packer",
        "pieces-in-carton",
        {
            "item_length": 10.0,
            "item_width": 10.0,
            "item_height": 10.0,
            "box_length": 100.0,
            "box_width": 100.0,
            "box_height": 100.0,
        },
        {"pieces": 1000, "filled_percent": 100.0},
    ),
    ("postal-addresses", "check-postal-code", {"country": "GB", "postal_code": "SW1A 1AA"}, {"valid": True}),
    ("postal-addresses", "check-postal-code", {"country": "DE", "postal_code": "1011"}, {"valid": False}),
    ("postal-addresses", "area-name", {"country": "BR", "code": "SP"}, {"name": "São Paulo"}),
    (
        "postal-addresses",
        "write-address",
        {
            "country": "DE",
            "street": "Platz der Republik 1",
            "city": "Berlin",
            "postal_code": "11011",
            "name": "Deutscher Bundestag",
        },
        {"lines": ["Deutscher Bundestag", "Platz der Republik 1", "11011 BERLIN", "GERMANY"]},
    ),
    # The worked example of the American standard, and an Accord of 2003.
    (
        "vin-decoder",
        "vin-check-digit",
        {"vin": "1M8GDM9AXKP042788"},
        {"valid": True, "expected_character": "X"},
    ),
    ("vin-decoder", "model-year", {"vin": "1HGCM82633A004352"}, {"year": 2003}),
    (
        "vin-decoder",
        "vehicle-maker",
        {"vin": "WVWZZZ1JZXW000001"},
        {"maker": "Volkswagen", "country": "Germany"},
    ),
    ("vin-decoder", "vehicle-maker", {"vin": "KMHCG45C12U364125"}, {"maker": "Hyundai"}),
    (
        "us-zip-codes",
        "zip-lookup",
        {"zip_code": "90210"},
        {"city": "Beverly Hills", "state": "CA", "timezone": "America/Los_Angeles"},
    ),
    ("us-zip-codes", "zip-lookup", {"zip_code": "99501"}, {"city": "Anchorage", "state": "AK"}),
    ("us-zip-codes", "counties-in-state", {"state": "DE"}, {"count": 3}),
    ("us-zip-codes", "counties-in-state", {"state": "TX"}, {"count": 254}),
    ("us-zip-codes", "counties-in-state", {"state": "AL"}, {"count": 67}),
    ("us-zip-codes", "county-number", {"state": "CA", "county": "Los Angeles County"}, {"fips": "06037"}),
    ("subdivision-registry", "list-subdivisions", {"country": "CH"}, {"count": 26}),
    ("subdivision-registry", "subdivision-by-code", {"code": "US-TX"}, {"name": "Texas", "type": "State"}),
    ("subdivision-registry", "find-subdivision", {"name": "Bayern"}, {"count": 1}),
    # The sample numbers of the ISBN, ISSN and ORCID manuals, and that of the journal Nature.
    ("book-numbers", "convert-isbn", {"isbn": "978-0-306-40615-7", "form": "isbn10"}, {"isbn": "0306406152"}),
    ("book-numbers", "check-isbn", {"isbn": "080442957X"}, {"valid": True, "expected_check_digit": "X"}),
    ("book-numbers", "hyphenate-isbn", {"isbn": "9783161484100"}, {"isbn": "978-3-16-148410-0"}),
    ("book-numbers", "language-area", {"isbn": "9783161484100"}, {"area": "German language"}),
    ("book-numbers", "issn-check-digit", {"digits": "0028-083"}, {"issn": "0028-0836"}),
    (
        "works-and-authors-ids",
        "author-check-character",
        {"digits": "0000-0002-1825-009"},
        {"number": "0000-0002-1825-0097"},
    ),
    (
        "works-and-authors-ids",
        "author-check-character",
        {"digits": "0000-0001-5109-370"},
        {"check_character": "0"},
    ),
    (
        "works-and-authors-ids",
        "recording-code",
        {"isrc": "USRC17607839"},
        {"registrant": "RC1", "year": 1976, "designation": "07839"},
    ),
    # Five grams a sheet of office paper; C4 envelopes hold A4; 30 miles per gallon are 7.84 litres.
    ("print-and-paper", "sheet-size", {"size": "B5"}, {"width_mm": 176, "height_mm": 250}),
    ("print-and-paper", "sheet-size", {"size": "C4"}, {"width_mm": 229, "height_mm": 324}),
    (
        "print-and-paper",
        "picture-resolution",
        {"size": "A4", "dpi": 300},
        {"width_px": 2480, "height_px": 3508},
    ),
    (
        "print-and-paper",
        "sheet-weight",
        {"size": "A4", "grammage": 80.0, "sheets": 500},
        {"grams_per_sheet": 4.99},
    ),
    ("trip-costs", "miles-per-gallon", {"value": 30.0, "gallon": "us"}, {"converted": 7.84}),
    ("trip-costs", "miles-per-gallon", {"value": 40.0, "gallon": "imperial"}, {"converted": 7.06}),
    (
        "trip-costs",
        "stopping-distance",
        {"speed_kmh": 36.0, "friction": 1.0},
        {"reaction_m": 10.0, "braking_m": 5.1},
    ),
    (
        "bicycle-gearing",
        "gear-ratio",
        {"chainring": 53, "cog": 11, "rim_mm": 622, "tyre_mm": 25.0},
        {"ratio": 4.818},
    ),
    ("bicycle-gearing", "wheel-circumference", {"rim_mm": 622, "tyre_mm": 23.0}, {"circumference_mm": 2099}),
]
