"""Text as people and models send it, in fewer signs: one minus, one blank, no markup (pure).

What is read below this module is `plain` text. Positions are those of the plain text, never of the original.
"""

import html
import re
import unicodedata

LONGEST_ANSWER = 20_000
"""Characters that are read of one answer; what is right stands in the first few hundred."""

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_VULGAR_AFTER_DIGIT = re.compile("(?<=[0-9])(?=[¼-¾⅐-⅞])")
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‘’ʼ′`´", "'"),
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("−﹣－‒", "-"),
        **dict.fromkeys("‐‑", "-"),
        **dict.fromkeys("\u00a0\u2007\u2008\u2009\u200a\u202f\u3000\t", " "),
        **dict.fromkeys("\u200b\u200c\u2060\ufeff\u00ad\ufe0f\ufe0e", None),
        "⁄": "/",
        "∕": "/",
        "，": ",",
        "：": ":",
        "∶": ":",
        "。": ".",
    }
)
_TEX = (
    (re.compile(r"\\d?frac\{([0-9]+)\}\{([0-9]+)\}"), r"\1/\2"),
    (re.compile(r"\\(?:text|mathrm|mathbf|textbf|boxed|operatorname|mbox)\s*\{([^{}]*)\}"), r"\1"),
    (re.compile(r"\^\{?\s*\\circ\s*\}?"), "°"),
    (re.compile(r"\\times|\\cdot"), "×"),
    (re.compile(r"\\approx|\\simeq|\\sim"), "≈"),
    (re.compile(r"\{([,.])\}"), r"\1"),
    (re.compile(r"\^\{([^{}]*)\}"), r"^\1"),
    (re.compile(r"\\[,;:!]|\\[()\[\]]"), " "),
    (re.compile(r"\\([%$#&_])"), r"\1"),
)
_TAG = re.compile(
    r"</?(?:b|i|em|strong|code|p|br|td|tr|th|table|ul|li|ol|sup|sub|span|div)\b[^<>]{0,80}>", re.I
)
_BOLD = re.compile(r"(?<![0-9])\*\*|\*\*(?![0-9])|(?<!\w)__(?=\w)|(?<=\w)__(?!\w)|~~")
_BULLET = re.compile(r"(?m)^[ \t]*[*•·▪‣–—-][ \t]+(?=\S)")
_HEADING = re.compile(r"(?m)^#{1,6}[ \t]+")
_DASH_MINUS = re.compile(r"(?:(?<=^)|(?<=[\s(=:|\"'≈~]))[–—](?=[0-9.]*[0-9])")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def plain(text: str) -> str:
    """The text with one form of each sign; exponents are written `10^-3`, bullets and bold are gone.

    >>> plain("**−5 ½ km²**"), plain("≈ 1.5×10⁻³")
    ('-5 1/2 km^2', '≈ 1.5×10^-3')
    """
    text = text[:LONGEST_ANSWER]
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "\\" in text:
        for form, said in _TEX:
            text = form.sub(said, text)
    if not text.isascii():
        text = _VULGAR_AFTER_DIGIT.sub(" ", text)
        text = _SUPERSCRIPT_RUN.sub(lambda found: "^" + found.group().translate(_SUPERSCRIPTS), text)
        text = text.translate(_SIGNS)
        text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    text = _BULLET.sub("", _HEADING.sub("", _BOLD.sub("", text)))
    text = text.replace("`", "'") if "`" in text else text
    return _DASH_MINUS.sub("-", text)


def folded(text: str) -> str:
    """Letters without case and accents.

    >>> folded("Zürich, STRASSE Straße Łódź")
    'zurich, strasse strasse lodz'
    """
    text = text.casefold()
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(each for each in parts if not unicodedata.combining(each))
