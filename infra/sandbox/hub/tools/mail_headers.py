"""Mail Headers: the lines above a message, read and written."""

import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import Header, decode_header, make_header
from email.parser import HeaderParser
from email.utils import format_datetime, getaddresses, parsedate_to_datetime
from typing import Annotated
from urllib.parse import quote, urlencode

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Mail Headers",
    category="Email",
    description="Makes the lines above a message readable: sender lists, encoded names, moments with offsets,"
    " relays passed; writes the encoded form and links that open a draft.",
    data_vintage="RFC 2047, 5322 and 6068.",
    licence="Apache-2.0",
    collections=("community-moderation", "network-operations", "developer-bench"),
)

HEADERS = (
    "Received: from mx.example.org by in.example.net; Mon, 02 Mar 2026 09:12:07 +0100\n"
    "Received: from [10.0.0.5] by mx.example.org; Mon, 02 Mar 2026 09:12:01 +0100\n"
    'From: "Silva, Ana" <ana@example.org>\n'
    "To: Bob <bob@example.net>, carol@example.com\n"
    "Subject: =?utf-8?q?Caf=C3=A9_at_ten=3F?=\n"
    "Date: Mon, 02 Mar 2026 09:12:00 +0100\n"
)
SENT = "Fri, 21 Nov 1997 09:55:06 -0600"


def _moment(parameter: str, text: str) -> datetime:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise BadArgument(parameter, f"is no date of a message, such as {SENT}") from error
    # RFC 5322: -0000 says that nothing is known of the sender's zone.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _readable(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text


@tool.post("/words", "Decode Header")
def decode_words(
    text: Annotated[
        str,
        Text("A header's value.", examples=("=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=",), max_length=1000),
    ],
) -> Answer:
    """What a subject or name with =?...?= in it says to people."""
    return {"text": _readable(text)}


@tool.post("/encoded", "Encode Header")
def encode_words(
    text: Annotated[
        str, Text("Subject or name in any script.", examples=("Grüße aus München ☀",), max_length=60)
    ],
) -> Answer:
    """A subject or name with foreign letters in the plain form that mail servers pass on."""
    bare = " ".join(text.split())
    return {"encoded": bare if bare.isascii() else Header(bare, "utf-8", maxlinelen=998).encode()}


@tool.post("/recipients", "Parse Recipients")
def parse_recipients(
    addresses: Annotated[
        str,
        Text(
            "A To or Cc line.",
            examples=('"Silva, Ana" <ana@example.org>, bob@example.net, Café <c@example.com>',),
            max_length=2000,
        ),
    ],
) -> Answer:
    """Names and addresses in a list of recipients, where commas inside quotes do not separate."""
    found = [(name, address) for name, address in getaddresses([addresses]) if "@" in address]
    return {
        "count": len(found),
        "recipients": [{"name": _readable(name) or None, "email": address} for name, address in found],
    }


@tool.post("/moments", "Parse Mail Date")
def parse_mail_date(
    date: Annotated[str, Text("The Date line's value.", examples=(SENT,), max_length=60)],
) -> Answer:
    """When a message was sent: the sender's clock in ISO form, in UTC, and in seconds since 1970."""
    moment = _moment("date", date)
    try:
        utc = moment.astimezone(UTC)
    except OverflowError as error:
        raise BadArgument("date", "lies outside the years 1 to 9999") from error
    return {
        "local": moment.isoformat(),
        "utc": utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "unix": int(utc.timestamp()),
        "mail_form": format_datetime(moment),
    }


@tool.post("/messages", "Read Headers")
def read_headers(
    headers: Annotated[str, Text("All lines above a message.", examples=(HEADERS,), max_length=5000)],
) -> Answer:
    """Who wrote to how many about what, and how many relays the message passed in how many seconds."""
    message = HeaderParser().parsestr(headers)
    if not message.keys():
        raise BadArgument("headers", "must be lines such as Subject: hello")
    relays = [str(value) for value in message.get_all("Received", [])]
    moments = [_moment("headers", relay.rsplit(";", 1)[1].strip()) for relay in relays if ";" in relay]
    sender = getaddresses([str(message.get("From", ""))])
    recipients = getaddresses([str(value) for value in message.get_all("To", []) + message.get_all("Cc", [])])
    return {
        "from": sender[0][1] if sender else None,
        "subject": _readable(str(message.get("Subject", ""))) or None,
        "recipients": len([address for _, address in recipients if "@" in address]),
        "relays": len(relays),
        "seconds_under_way": int((max(moments) - min(moments)).total_seconds()) if moments else None,
    }


@tool.get("/links", "Mailto Link")
def mailto_link(
    email: Annotated[
        str, Text("Whom to write to.", examples=("chris@example.com", "ana+news@example.org"), max_length=120)
    ],
    subject: Annotated[
        str, Text("Subject of the draft.", examples=("caf\u00e9", "Order 12 & 13"), max_length=120)
    ],
    body: Annotated[
        str | None, Text("Text of the draft.", examples=("Hello!", "Yes, please"), max_length=500)
    ] = None,
) -> Answer:
    """A link that opens a new draft with recipient, subject and text filled in."""
    if not re.fullmatch(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,80}", email):
        raise BadArgument("email", "must be one bare address")
    fields = {"subject": subject} | ({"body": body.replace("\n", "\r\n")} if body else {})
    return {"uri": f"mailto:{quote(email, safe='@+')}?{urlencode(fields, quote_via=quote, safe='')}"}
