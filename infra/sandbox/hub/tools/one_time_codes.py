"""One-Time Codes: the changing digits of a second factor."""

import base64
import hmac
from typing import Annotated
from urllib.parse import quote, urlencode

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Integer, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="One-Time Codes",
    category="Cybersecurity",
    description="Computes the six or eight digits that authenticator apps show, checks a typed one, and"
    " writes the link behind the picture that sets an app up.",
    data_vintage="RFC 4226 and RFC 6238.",
    licence="Apache-2.0",
    collections=("account-safety", "developer-bench"),
)

SHARED_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
Secret = Annotated[
    str,
    Text(
        "Shared secret in base32.",
        examples=(SHARED_SECRET, "JBSWY3DPEHPK3PXP"),
        pattern="[A-Za-z2-7][A-Za-z2-7 =]{7,127}",
        pattern_words="base32: the letters A to Z and the digits 2 to 7",
        max_length=128,
        upper=True,
    ),
]
Digits = Annotated[str, Choice("Length of the code.", members=("6", "7", "8"), example="8")]
Moment = Annotated[
    int, Integer("Seconds since 1970 in UTC.", minimum=0, maximum=9_999_999_999, example=1_111_111_109)
]
Period = Annotated[int, Integer("Seconds a code is good for.", minimum=5, maximum=300, example=60)]


def _key(secret: str) -> bytes:
    bare = secret.replace(" ", "").rstrip("=")
    try:
        return base64.b32decode(bare + "=" * (-len(bare) % 8))
    except ValueError as error:
        raise BadArgument("secret", "is no base32") from error


def _code(key: bytes, counter: int, digits: int, algorithm: str = "sha1") -> str:
    """Return the truncated HMAC of RFC 4226, section 5.3."""
    digest = hmac.digest(key, counter.to_bytes(8, "big"), algorithm)
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}}"


@tool.get("/counted", "Counter Code")
def counter_code(
    secret: Secret,
    counter: Annotated[
        int, Integer("How often a code was made before.", minimum=0, maximum=10**12, example=1)
    ],
    digits: Digits = "6",
) -> Answer:
    """The digits a button token shows at its n-th press (HOTP)."""
    return {"counter": counter, "code": _code(_key(secret), counter, int(digits))}


@tool.get("/timed", "Time Code")
def time_code(
    secret: Secret,
    moment: Moment,
    digits: Digits = "6",
    period: Period = 30,
    algorithm: Annotated[
        str, Choice("Digest inside.", members=("sha1", "sha256", "sha512"), example="sha256")
    ] = "sha1",
) -> Answer:
    """The digits an authenticator app shows at a given moment (TOTP), and how long they stay."""
    return {
        "code": _code(_key(secret), moment // period, int(digits), algorithm),
        "seconds_left": period - moment % period,
    }


@tool.get("/verdicts", "Verify Time Code")
def verify_time_code(
    secret: Secret,
    code: Annotated[
        str,
        Text(
            "Six digits as typed.",
            examples=("081804", "005924"),
            pattern="[0-9]{6}",
            pattern_words="six digits",
        ),
    ],
    moment: Moment,
    window: Annotated[
        int, Integer("Steps of 30 s accepted before and after.", minimum=0, maximum=20, example=2)
    ] = 1,
) -> Answer:
    """Whether typed digits fit a moment, allowing for slow fingers, and by how many steps they are off."""
    key, now = _key(secret), moment // 30
    nearest_first = sorted(range(-window, window + 1), key=lambda step: (abs(step), step))
    offset = next((s for s in nearest_first if now + s >= 0 and _code(key, now + s, 6) == code), None)
    return {"accepted": offset is not None, "steps_off": offset}


@tool.get("/links", "Setup Link")
def setup_link(
    secret: Secret,
    account: Annotated[str, Text("Login it is for.", examples=("ana@example.org", "root"), max_length=80)],
    issuer: Annotated[str, Text("Who asks for the code.", examples=("Example Bank", "ACME"), max_length=60)],
) -> Answer:
    """The otpauth address that an authenticator app reads from a printed square to add an account."""
    bare = secret.replace(" ", "").rstrip("=")
    _key(secret)
    query = urlencode({"secret": bare, "issuer": issuer}, quote_via=quote)
    return {"uri": f"otpauth://totp/{quote(issuer, safe='')}:{quote(account, safe='@')}?{query}"}
