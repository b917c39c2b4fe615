"""What marketplaces and servers say instead of an answer: known phrases, envelope keys, stand-ins.

Matched by meaning, not by the substring "error": only where an answer has nothing else to say, or in its
message. A phrase is never searched in the values of an answer that carries more.
"""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


REFUSALS = re.compile(
    "|".join(
        (
            r"you are not subscribed to this api",
            r"\b(invalid|missing|wrong|expired|inactive|no) (api|access|app)[ -]?(key|token)",
            r"\b(api|access) ?(key|token) (is )?(invalid|missing|required|expired|not valid|wrong)",
            r"enter the correct api key",
            r"unauthori[sz]ed\b",
            r"\b(access|permission) (is )?(denied|restricted|forbidden)",
            r"too many requests",
            r"you have exceeded the \w+ ?quota",
            r"you have exceeded your",
            r"rate limit (is |has been )?(exceeded|reached)",
            r"you are being rate limited",
            r"blocked user\. please contact your api provider",
            r"oops, an error in the gateway has occurred",
            r"the request to the api has timed out",
            r"api \(not working\)",
            r"(endpoint|route|page|resource|url|path) .{0,80}(does not exist|not found|is disabled)",
            r"\bapi (is |has been )?(down|unreachable|disabled|deprecated|discontinued|not available)",
            r"(service|api|site|application) (is )?(temporarily |currently |no longer )?unavailable",
            r"(something|anything) went wrong",
            r"internal server error",
            r"an? (unexpected |unknown |internal |server |application )?error (has )?occurr?ed",
            r"bad gateway|gateway time-?out",
            r"account (is )?(suspended|disabled)",
            r"under (construction|maintenance)",
        )
    ),
    re.IGNORECASE,
)
"""Phrases of gateways, marketplaces and frameworks that stand for a missing answer."""

FAILED_TEXT = re.compile(
    r"\s*(error\s*([:!(\[-]|$)|fatal error|exception:|traceback \(most recent call last\)|cannot (get|post) /"
    r"|<\?xml[^>]*\?>\s*<error>|<error>|not found[.!]?\s*$|forbidden[.!]?\s*$"
    r"|(http )?[45]\d\d\W+(bad|not|forbidden|unauthori|internal|gateway|service|too many|payment|error)"
    r"|(php )?(warning|notice|parse error): )",
    re.IGNORECASE,
)
"""How a plain text begins that reports a failure."""

STANDINS = _words(
    "value string text test foo bar baz example sample todo placeholder lorem dummy hello hello_world "
    "hello_world! asdf key1 key2 n/a tbd it_works! default"
)
"""Texts that authors leave where an answer belongs; blanks as `_`."""

STANDIN_TEXT = re.compile(
    r"\s*(hello,? world[.!]?|it works[.!]?|test|todo|lorem ipsum\b.*|default web page)\s*",
    re.IGNORECASE | re.DOTALL,
)

STANDIN_KEY = re.compile(r"(key|prop|property|field|attribute|name)[ _-]?\d+", re.IGNORECASE)
"""Keys of the answers that API designers' tools make up: `key1`, `prop2`."""

ERROR_KEYS = _words(
    "error errors error_message errormessage error_msg error_description error_detail fault exception"
)
"""Keys that tell a failure whenever they are filled with words."""

MESSAGE_KEYS = ERROR_KEYS | frozenset({"message", "messages", "msg"})
"""Keys of what the server says about the call."""

REMARK_KEYS = _words("detail details reason description info title")
"""Keys that hold a message where nothing else is told, and part of an answer everywhere else."""

STATUS_KEYS = _words("status code statuscode status_code errorcode error_code errno http_code")

CARGO_KEYS = _words("data result results response payload")
"""Keys of an envelope whose filled value is the answer."""

ENVELOPE_KEYS = (
    MESSAGE_KEYS
    | REMARK_KEYS
    | STATUS_KEYS
    | CARGO_KEYS
    | _words(
        "success ok type timestamp time path method url request_id requestid trace trace_id traceid "
        "instance help docs documentation_url version api"
    )
)
"""Keys of an envelope around an answer; an object without any other filled key carries no answer."""

FAILED_WORDS = _words("error fail failed failure err exception ko nok")
"""Values of a `status` that say the call failed."""

DONE = re.compile(
    r"\s*(success\w*|ok|okay|done|found|complete\w*|no (results?|matches|\w+ found))\b", re.IGNORECASE
)
"""How a message begins that reports no failure."""
