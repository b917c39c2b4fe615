"""Standards, test vectors and textbooks about texts, numbers people are reached by, codes and colours.

One row: slug of the tool, slug of the API, arguments as the function takes them, part of the answer.
"""

FACTS = [
    # Hutto and Gilbert's own examples of 2014: capitals and exclamation marks make a text warmer.
    ("sentiment-meter", "compare-sentiment",
     {"first": "The food here is good!", "second": "The food here is GREAT!!!"},
     {"happier": "second"}),
    ("sentiment-meter", "sentiment-of-text", {"text": "Water boils in a pot."},
     {"label": "neutral", "compound": 0.0}),
    # Wikipedia, "Levenshtein distance" and "Jaro-Winkler distance"; US National Archives, "Soundex".
    ("string-similarity", "edit-distance", {"first": "kitten", "second": "sitting"}, {"levenshtein": 3}),
    ("string-similarity", "edit-distance", {"first": "saturday", "second": "sunday"}, {"levenshtein": 3}),
    ("string-similarity", "edit-distance", {"first": "abcd", "second": "abdc"},
     {"levenshtein": 2, "with_swaps": 1}),
    ("string-similarity", "jaro-winkler", {"first": "MARTHA", "second": "MARHTA"},
     {"jaro": 0.9444, "jaro_winkler": 0.9611}),
    ("string-similarity", "phonetic-code", {"word": "Tymczak"}, {"code": "T522"}),
    ("string-similarity", "phonetic-code", {"word": "Washington"}, {"code": "W252"}),
    # Porter's sample vocabulary of the English stemmer.
    ("stemmer", "stem-words", {"text": "consign consigned consigning consignment"},
     {"stems": ["consign", "consign", "consign", "consign"]}),
    ("stemmer", "remove-stop-words", {"text": "the cat is on the table"}, {"words": ["cat", "table"]}),
    # Duden, Academie francaise, school grammars.
    ("number-words", "cardinal", {"number": 91, "language": "fr"}, {"text": "quatre-vingt-onze"}),
    ("number-words", "cardinal", {"number": 21, "language": "de"}, {"text": "einundzwanzig"}),
    ("number-words", "ordinal", {"number": 12}, {"text": "twelfth"}),
    ("number-words", "read-number-words", {"words": "one thousand and sixty-six"}, {"number": 1066}),
    # ISO 843 and ICAO 9303 agree on these; Unicode code charts.
    ("transliteration", "romanize", {"text": "Афины"}, {"latin": "Afiny"}),
    ("transliteration", "slugify", {"text": "Æsop’s Fables"}, {"slug": "aesop-s-fables"}),
    ("transliteration", "strip-accents", {"text": "crème brûlée"}, {"text": "creme brulee", "removed": 3}),
    ("transliteration", "character-name", {"sign": "€"}, {"name": "EURO SIGN", "code_point": "U+20AC"}),
    # Ofcom's numbers for drama, NANPA's area codes, ITU-T E.164 list of country codes.
    ("phone-numbers", "phone-location", {"phone": "+44 20 7946 0958"}, {"place": "London", "country": "GB"}),
    ("phone-numbers", "phone-location", {"phone": "(212) 555-1234", "country": "US"},
     {"place": "New York, NY"}),
    ("phone-numbers", "phone-time-zone", {"phone": "+1 312 555 0100"}, {"timezone": "America/Chicago"}),
    ("phone-numbers", "dial-from-abroad", {"phone": "+44 20 7946 0958", "caller": "US"},
     {"dialled": "011 44 20 7946 0958"}),
    ("phone-numbers", "calling-code", {"country": "KE"}, {"calling_code": 254, "trunk_prefix": "0"}),
    ("phone-numbers", "countries-of-calling-code", {"calling_code": 262}, {"countries": ["RE", "YT"]}),
    # ITU-T E.212; Wikipedia, "International Mobile Equipment Identity".
    ("mobile-networks", "networks-of-country", {"mcc": "262"}, {"country": "DE", "country_name": "Germany"}),
    ("mobile-networks", "imsi-info", {"imsi": "310150123456789"}, {"country": "US", "brand": "AT&T"}),
    ("mobile-networks", "check-imei", {"imei": "35-209900-176148-1"}, {"valid": True, "serial": "176148"}),
    ("mobile-networks", "imei-check-digit", {"body": "49015420323751"}, {"check_digit": "8"}),
    # Unicode emoji charts and CLDR.
    ("emoji-desk", "emoji-name", {"emoji": "\U0001f680"}, {"name": "rocket", "code_points": ["U+1F680"]}),
    ("emoji-desk", "emoji-name", {"emoji": "\U0001f680", "language": "es"}, {"name": "cohete"}),
    ("emoji-desk", "count-emoji", {"text": "\U0001f469\u200d\U0001f680"}, {"count": 1}),
    ("emoji-desk", "country-flag", {"country": "KE"}, {"name": "Kenya", "flag": "\U0001f1f0\U0001f1ea"}),
    # RFC 5321: 64 octets before the @; RFC 3492: "muenchen" with an umlaut in ASCII.
    ("email-check", "validate-email", {"email": "a" * 65 + "@example.org"}, {"valid": False}),
    ("email-check", "validate-email", {"email": "post@m\u00fcnchen.de"}, {"domain": "xn--mnchen-3ya.de"}),
    ("email-check", "email-parts", {"email": "ops+x@mail.shop.co.uk"},
     {"registrable_domain": "shop.co.uk", "tag": "x"}),
    # MDN, "User-Agent": its own examples.
    ("user-agent-parser", "browser",
     {"user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:42.0) Gecko/20100101 Firefox/42.0"},
     {"family": "Firefox", "version": "42.0"}),
    ("user-agent-parser", "visitor-kind",
     {"user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
     {"kind": "robot"}),
]  # fmt: skip
