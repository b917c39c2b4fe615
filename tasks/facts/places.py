"""What people call countries and languages instead of their codes, in English (pure)."""

from tasks.facts.characters import folded

_COUNTRIES = """
AD Andorra|AE United Arab Emirates,Emirates,UAE|AF Afghanistan|AG Antigua and Barbuda|AI Anguilla
AL Albania|AM Armenia|AO Angola|AQ Antarctica|AR Argentina|AS American Samoa|AT Austria|AU Australia
AW Aruba|AX Åland Islands,Åland|AZ Azerbaijan|BA Bosnia and Herzegovina,Bosnia|BB Barbados|BD Bangladesh
BE Belgium|BF Burkina Faso|BG Bulgaria|BH Bahrain|BI Burundi|BJ Benin|BL Saint Barthélemy|BM Bermuda
BN Brunei|BO Bolivia|BQ Caribbean Netherlands|BR Brazil|BS Bahamas|BT Bhutan|BV Bouvet Island|BW Botswana
BY Belarus|BZ Belize|CA Canada|CC Cocos Islands
CD Democratic Republic of the Congo,DR Congo,Congo-Kinshasa|CF Central African Republic
CG Republic of the Congo,Congo|CH Switzerland|CI Ivory Coast,Côte d'Ivoire|CK Cook Islands|CL Chile
CM Cameroon|CN China|CO Colombia|CR Costa Rica|CU Cuba|CV Cape Verde,Cabo Verde|CW Curaçao
CX Christmas Island|CY Cyprus|CZ Czechia,Czech Republic|DE Germany|DJ Djibouti|DK Denmark|DM Dominica
DO Dominican Republic|DZ Algeria|EC Ecuador|EE Estonia|EG Egypt|EH Western Sahara|ER Eritrea|ES Spain
ET Ethiopia|FI Finland|FJ Fiji|FK Falkland Islands,Falklands|FM Micronesia|FO Faroe Islands,Faroes
FR France|GA Gabon|GB United Kingdom,UK,Great Britain,Britain,England|GD Grenada|GE Georgia
GF French Guiana|GG Guernsey|GH Ghana|GI Gibraltar|GL Greenland|GM Gambia|GN Guinea|GP Guadeloupe
GQ Equatorial Guinea|GR Greece|GS South Georgia|GT Guatemala|GU Guam|GW Guinea-Bissau|GY Guyana
HK Hong Kong|HM Heard Island|HN Honduras|HR Croatia|HT Haiti|HU Hungary|ID Indonesia|IE Ireland|IL Israel
IM Isle of Man|IN India|IO British Indian Ocean Territory|IQ Iraq|IR Iran|IS Iceland|IT Italy|JE Jersey
JM Jamaica|JO Jordan|JP Japan|KE Kenya|KG Kyrgyzstan|KH Cambodia|KI Kiribati|KM Comoros
KN Saint Kitts and Nevis|KP North Korea|KR South Korea,Republic of Korea|KW Kuwait|KY Cayman Islands
KZ Kazakhstan|LA Laos|LB Lebanon|LC Saint Lucia|LI Liechtenstein|LK Sri Lanka|LR Liberia|LS Lesotho
LT Lithuania|LU Luxembourg|LV Latvia|LY Libya|MA Morocco|MC Monaco|MD Moldova|ME Montenegro
MF Saint Martin|MG Madagascar|MH Marshall Islands|MK North Macedonia,Macedonia|ML Mali|MM Myanmar,Burma
MN Mongolia|MO Macao,Macau|MP Northern Mariana Islands|MQ Martinique|MR Mauritania|MS Montserrat|MT Malta
MU Mauritius|MV Maldives|MW Malawi|MX Mexico|MY Malaysia|MZ Mozambique|NA Namibia|NC New Caledonia
NE Niger|NF Norfolk Island|NG Nigeria|NI Nicaragua|NL Netherlands,Holland|NO Norway|NP Nepal|NR Nauru
NU Niue|NZ New Zealand|OM Oman|PA Panama|PE Peru|PF French Polynesia|PG Papua New Guinea|PH Philippines
PK Pakistan|PL Poland|PM Saint Pierre and Miquelon|PN Pitcairn|PR Puerto Rico|PS Palestine|PT Portugal
PW Palau|PY Paraguay|QA Qatar|RE Réunion|RO Romania|RS Serbia|RU Russia,Russian Federation|RW Rwanda
SA Saudi Arabia|SB Solomon Islands|SC Seychelles|SD Sudan|SE Sweden|SG Singapore|SH Saint Helena
SI Slovenia|SJ Svalbard|SK Slovakia|SL Sierra Leone|SM San Marino|SN Senegal|SO Somalia|SR Suriname
SS South Sudan|ST São Tomé and Príncipe|SV El Salvador|SX Sint Maarten|SY Syria|SZ Eswatini,Swaziland
TC Turks and Caicos Islands|TD Chad|TF French Southern Territories|TG Togo|TH Thailand|TJ Tajikistan
TK Tokelau|TL Timor-Leste,East Timor|TM Turkmenistan|TN Tunisia|TO Tonga|TR Turkey,Türkiye
TT Trinidad and Tobago|TV Tuvalu|TW Taiwan|TZ Tanzania|UA Ukraine|UG Uganda
US United States,USA,U.S.,America,United States of America|UY Uruguay|UZ Uzbekistan|VA Vatican,Holy See
VC Saint Vincent and the Grenadines|VE Venezuela|VG British Virgin Islands|VI US Virgin Islands
VN Vietnam,Viet Nam|VU Vanuatu|WF Wallis and Futuna|WS Samoa|XK Kosovo|YE Yemen|YT Mayotte|ZA South Africa
ZM Zambia|ZW Zimbabwe
"""
_LANGUAGES = """
af Afrikaans|am Amharic|ar Arabic|az Azerbaijani|be Belarusian|bg Bulgarian|bn Bengali,Bangla|bs Bosnian
ca Catalan|cs Czech|cy Welsh|da Danish|de German|el Greek|en English|eo Esperanto|es Spanish,Castilian
et Estonian|eu Basque|fa Persian,Farsi|fi Finnish|fil Filipino|fo Faroese|fr French|fy Frisian|ga Irish
gd Scottish Gaelic|gl Galician|gsw Swiss German|ha Hausa|he Hebrew|hi Hindi|hr Croatian|hu Hungarian
hy Armenian|id Indonesian|ig Igbo|is Icelandic|it Italian|ja Japanese|ka Georgian|kk Kazakh|km Khmer
ko Korean|ku Kurdish|la Latin|lb Luxembourgish|lo Lao|lt Lithuanian|lv Latvian|mk Macedonian|mn Mongolian
ms Malay|mt Maltese|my Burmese|nb Norwegian Bokmål,Norwegian|ne Nepali|nl Dutch,Flemish
nn Norwegian Nynorsk|no Norwegian|pa Punjabi|pl Polish|ps Pashto|pt Portuguese|qu Quechua
rm Romansh,Rumantsch|ro Romanian|ru Russian|se Northern Sami,Sami|si Sinhala|sk Slovak
sl Slovene,Slovenian|so Somali|sq Albanian|sr Serbian|sv Swedish|sw Swahili|ta Tamil|te Telugu|tg Tajik
th Thai|tl Tagalog|tr Turkish|uk Ukrainian|ur Urdu|uz Uzbek|vi Vietnamese|xh Xhosa|yi Yiddish|yo Yoruba
zh Chinese,Mandarin|zu Zulu
"""


def _table(lines: str) -> dict[str, tuple[str, ...]]:
    entries = (entry.partition(" ") for line in lines.strip().splitlines() for entry in line.split("|"))
    return {code: tuple(names.split(",")) for code, _, names in entries}


COUNTRIES = _table(_COUNTRIES)
"""ISO 3166-1 code to English names, the usual one first."""
LANGUAGES = _table(_LANGUAGES)
"""ISO 639 code to English names."""
_CODES = {folded(name): code for code, names in COUNTRIES.items() for name in names}
_NO_COUNTRY = frozenset(
    {"symbol", "state", "band", "letter", "grade", "usps", "province", "shape", "chord", "note"}
)


def other_names(value: str, key: str) -> tuple[str, ...]:
    """What a country or language may be called, given how a fact names it; empty where it is neither.

    Args:
        value: a code or a name.
        key: last word of the fact's path; some two-letter codes are no countries.

    >>> other_names("GB", "country")[0], other_names("Japan", "country"), other_names("de", "languages")
    ('United Kingdom', ('JP',), ('German',))
    """
    if value in COUNTRIES and not _NO_COUNTRY & set(key.split("_")):
        return COUNTRIES[value]
    if "lang" in key and value.split("-")[0] in LANGUAGES:
        return LANGUAGES[value.split("-")[0]]
    code = _CODES.get(folded(value))
    if code is None:
        return ()
    return (*(name for name in COUNTRIES[code] if name != value), *((code,) if len(value) > 3 else ()))
