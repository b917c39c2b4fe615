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
    # FIPS 180-4, RFC 1321, RFC 7693 appendix A; RFC 4231 case 2; RFC 6070; RFC 4648; RFC 9562 appendix A.
    ("hash-lab", "hash-text", {"text": "abc"},
     {"hex": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}),
    ("hash-lab", "hash-text", {"text": "abc", "algorithm": "md5"},
     {"hex": "900150983cd24fb0d6963f7d28e17f72"}),
    ("hash-lab", "hmac", {"text": "what do ya want for nothing?", "key": "Jefe"},
     {"hex": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"}),
    ("hash-lab", "derive-key",
     {"password": "password", "salt": "salt", "iterations": 4096, "algorithm": "sha1"},
     {"hex": "4b007901b765489abead49d926f721d065a429c1"}),
    ("hash-lab", "checksums", {"text": "123456789"}, {"crc32": "cbf43926"}),
    ("hash-lab", "checksums", {"text": "Wikipedia"}, {"adler32": "11e60398"}),
    ("hash-lab", "encode-bytes", {"text": "foobar", "alphabet": "base32"}, {"encoded": "MZXW6YTBOI======"}),
    ("hash-lab", "decode-bytes", {"encoded": "Zm9vYg=="}, {"text": "foob"}),
    ("hash-lab", "name-to-uuid", {"name": "www.example.com"},
     {"uuid": "2ed6657d-e927-568b-95e1-2665a8aea6a2"}),
    ("hash-lab", "name-to-uuid", {"name": "www.example.com", "version": "3"},
     {"uuid": "5df41881-3aed-3515-88a7-2f4a814cf09e"}),
    # BIP-39, its test vectors.
    ("seed-phrases", "entropy-to-phrase", {"entropy": "80" * 16},
     {"phrase": "letter advice cage absurd amount doctor acoustic avoid letter advice cage above"}),
    ("seed-phrases", "phrase-to-entropy", {"phrase": "zoo " * 11 + "wrong"}, {"entropy": "ff" * 16}),
    ("seed-phrases", "phrase-to-seed", {"phrase": "abandon " * 11 + "about", "passphrase": "TREZOR"},
     {"seed": "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553"
              "1f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04"}),
    # EFF, "Dice": six words of 7,776 are about 77 bits; the most used password of every leak.
    ("password-meter", "passphrase-entropy", {"words": 6, "list_size": 7776}, {"bits": 77.55}),
    ("password-meter", "password-strength", {"password": "password"}, {"score": 0}),
    # RFC 4226 appendix D, RFC 6238 appendix B.
    ("one-time-codes", "counter-code", {"secret": "GEZDGNBVGY3TQOJQ" * 2, "counter": 9}, {"code": "520489"}),
    ("one-time-codes", "time-code",
     {"secret": "GEZDGNBVGY3TQOJQ" * 2, "moment": 20_000_000_000, "digits": "8"},
     {"code": "65353130"}),
    ("one-time-codes", "time-code",
     {"secret": "GEZDGNBVGY3TQOJQ" * 3 + "GEZA====", "moment": 59, "digits": "8", "algorithm": "sha256"},
     {"code": "46119246"}),
    # RFC 1918, RFC 3596 section 2.5, RFC 5952 section 4.
    ("network-calculator", "subnet-info", {"cidr": "172.16.0.0/12"},
     {"first": "172.16.0.0", "last": "172.31.255.255", "addresses": 1_048_576}),
    ("network-calculator", "address-kind", {"address": "4321:0:1:2:3:4:567:89ab"},
     {"reverse_name": "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa"}),
    ("network-calculator", "address-kind", {"address": "2001:0db8:0000:0000:0001:0000:0000:0001"},
     {"compressed": "2001:db8::1:0:0:1"}),
    ("network-calculator", "range-to-blocks", {"first": "192.168.1.0", "last": "192.168.1.191"},
     {"blocks": ["192.168.1.0/25", "192.168.1.128/26"]}),
    # The Public Suffix List's own test file; RFC 3490's most quoted name.
    ("domain-parts", "split-domain", {"domain": "a.b.example.uk.com"}, {"registrable": "example.uk.com"}),
    ("domain-parts", "split-domain", {"domain": "www.ck"}, {"registrable": "www.ck"}),
    ("domain-parts", "to-punycode", {"domain": "b\u00fccher.example"}, {"ascii": "xn--bcher-kva.example"}),
    # RFC 3986, sections 5.4.1, 5.4.2 and 6.2.2.
    ("url-toolkit", "resolve-link", {"base": "http://a/b/c/d;p?q", "link": "?y"},
     {"url": "http://a/b/c/d;p?y"}),
    ("url-toolkit", "resolve-link", {"base": "http://a/b/c/d;p?q", "link": "../../../g"},
     {"url": "http://a/g"}),
    ("url-toolkit", "normalise-url", {"url": "HTTP://EXAMPLE.com:80/a/./b/../../c"},
     {"url": "http://example.com/c"}),
    ("url-toolkit", "percent-encode", {"text": "\u30a2"}, {"encoded": "%E3%82%A2"}),
]  # fmt: skip
