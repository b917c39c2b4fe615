"""Email Check: the form and the parts of mail addresses, without sending anything."""

import re
from typing import TYPE_CHECKING, Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.sources.domains import parts_of
from infra.sandbox.hub.tool import Answer, Tool

if TYPE_CHECKING:
    from email_validator import ValidatedEmail

tool = Tool(
    name="Email Check",
    category="Email",
    description="Looks over the addresses people type into sign-up forms: form, spelling, tags and who owns"
    " the domain. Nothing is sent and no server is asked.",
    packages=("email-validator", "publicsuffixlist"),
    data_vintage="RFC 5321, 5322 and 6531; Public Suffix List of October 2026.",
    licence="Unlicense; MPL-2.0 (Public Suffix List)",
    collections=("account-safety", "community-moderation"),
)

# Bounded repetition: a long run of letters without @ costs no more than its length times 64.
ADDRESS_IN_TEXT = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")

Address = Annotated[
    str,
    Text(
        "A mail address.",
        examples=("Jane.Doe+news@Example.org", "ops@mail.shop.co.uk", "José@münchen.de"),
        max_length=254,
    ),
]


def _validated(address: str) -> "ValidatedEmail":
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise BadArgument("email", f"is no address that mail can reach: {error}") from error


@tool.get("/checks", "Validate Email")
def validate_email(email: Address) -> Answer:
    """Whether an address is well formed, if not why, and its canonical spelling in Unicode and ASCII."""
    from email_validator import EmailNotValidError
    from email_validator import validate_email as validated

    try:
        found = validated(email, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        return {"valid": False, "reason": str(error), "normalized": None, "domain": None}
    return {"valid": True, "reason": "", "normalized": found.normalized, "domain": found.ascii_domain}


@tool.get("/parts", "Email Parts")
def email_parts(email: Address) -> Answer:
    """Mailbox, tag behind a plus sign, host and registered domain of an address."""
    found = _validated(email)
    mailbox, _, tag = found.local_part.partition("+")
    return {
        "mailbox": mailbox,
        "tag": tag or None,
        "domain": found.ascii_domain,
        "registrable_domain": parts_of(found.ascii_domain).registrable or None,
    }


@tool.get("/masked", "Mask Email")
def mask_email(email: Address) -> Answer:
    """The address with most of the mailbox hidden, as a page shows it when somebody resets a password."""
    found = _validated(email)
    local = found.local_part
    hidden = local[0] + "*" * max(1, len(local) - 2) + (local[-1] if len(local) > 2 else "")
    return {"masked": f"{hidden}@{found.domain}", "hidden_characters": hidden.count("*")}


@tool.post("/found", "Find Emails In Text")
def find_emails_in_text(
    text: Annotated[
        str,
        Text(
            "Any text, with addresses in it or not.",
            examples=('Write to "Ana" <ana@example.org>\nor to sales@shop.example.com, please.',),
            max_length=4000,
        ),
    ],
) -> Answer:
    """Every address a text mentions, each once, in the order of first mention."""
    found = [match.rstrip(".-").lower() for match in ADDRESS_IN_TEXT.findall(text)]
    unique = list(dict.fromkeys(found))
    return {"count": len(unique), "emails": unique}
