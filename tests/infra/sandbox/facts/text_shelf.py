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
]  # fmt: skip
