"""Hash Lab: digests, checksums and encodings of text."""

import base64
import binascii
import hashlib
import hmac
import uuid
import zlib
from collections.abc import Callable
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Integer, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Hash Lab",
    category="Cryptography",
    description="Fingerprints of text in UTF-8: digests, keyed signatures, checksums, stretched passphrases,"
    " stable identifiers, and the packing of bytes as letters.",
    data_vintage="Standards: FIPS 180-4, FIPS 202, RFC 1321, 2104, 4648, 7693, 8018, 9562.",
    licence="Apache-2.0",
    collections=("account-safety", "network-operations", "developer-bench"),
)

ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b")
NAMESPACES = {"dns": uuid.NAMESPACE_DNS, "url": uuid.NAMESPACE_URL, "oid": uuid.NAMESPACE_OID}

Message = Annotated[
    str, Text("What to work on, taken as UTF-8.", examples=('He said: "hello" 👋',), max_length=4000)
]


@tool.post("/digests", "Hash Text")
def hash_text(
    text: Message,
    algorithm: Annotated[str, Choice("Digest to use.", members=ALGORITHMS, example="sha512")] = "sha256",
) -> Answer:
    """The cryptographic fingerprint of a message in hexadecimal, for example to compare two downloads."""
    digest = hashlib.new(algorithm, text.encode()).hexdigest()
    return {"algorithm": algorithm, "hex": digest, "bits": 4 * len(digest)}


@tool.post("/signatures", "HMAC")
def sign(
    text: Message,
    key: Annotated[str, Text("Shared secret.", examples=("k1",), max_length=200)],
    algorithm: Annotated[
        str, Choice("Digest inside.", members=("md5", "sha1", "sha256", "sha512"), example="sha1")
    ] = "sha256",
) -> Answer:
    """A keyed fingerprint in hexadecimal, as webhooks carry it to prove who sent a message."""
    return {"algorithm": algorithm, "hex": hmac.new(key.encode(), text.encode(), algorithm).hexdigest()}


@tool.post("/checksums", "Checksums")
def checksums(text: Message) -> Answer:
    """Short checks against transmission errors: CRC-32 as in zip archives, and Adler-32."""
    content = text.encode()
    return {
        "bytes": len(content),
        "crc32": f"{zlib.crc32(content):08x}",
        "adler32": f"{zlib.adler32(content):08x}",
    }


@tool.post("/keys", "Derive Key")
def derive_key(
    password: Annotated[str, Text("Passphrase to stretch.", examples=("password",), max_length=200)],
    salt: Annotated[str, Text("Public text mixed in.", examples=("salt",), max_length=200)],
    iterations: Annotated[int, Integer("Rounds of stretching.", minimum=1, maximum=20_000, example=4096)],
    algorithm: Annotated[
        str, Choice("Digest inside.", members=("sha1", "sha256", "sha512"), example="sha1")
    ] = "sha256",
) -> Answer:
    """A passphrase stretched to a key of the digest's length by PBKDF2, in hexadecimal."""
    key = hashlib.pbkdf2_hmac(algorithm, password.encode(), salt.encode(), iterations)
    return {"hex": key.hex(), "bits": 8 * len(key)}


@tool.post("/base64", "Encode Bytes")
def encode_bytes(
    text: Message,
    alphabet: Annotated[
        str,
        Choice("How bytes become letters.", members=("base64", "base64url", "base32", "hex"), example="hex"),
    ] = "base64",
) -> Answer:
    """A message packed into plain letters and digits that survive mail, links and headers."""
    content = text.encode()
    encoders: dict[str, Callable[[bytes], bytes]] = {
        "base64": base64.b64encode,
        "base64url": base64.urlsafe_b64encode,
        "base32": base64.b32encode,
        "hex": binascii.hexlify,
    }
    return {"alphabet": alphabet, "encoded": encoders[alphabet](content).decode()}


@tool.post("/plain", "Decode Bytes")
def decode_bytes(
    encoded: Annotated[
        str,
        Text(
            "Letters and digits to unpack.",
            examples=("SGUgc2FpZDogImhlbGxvIiDwn5GL",),
            pattern="[A-Za-z0-9+/=_-]+",
            pattern_words="letters, digits and + / = _ -",
            max_length=4000,
        ),
    ],
    alphabet: Annotated[
        str,
        Choice("How it was packed.", members=("base64", "base64url", "base32", "hex"), example="base64url"),
    ] = "base64",
) -> Answer:
    """The message behind packed letters; refuses what does not unpack to readable text."""
    try:
        text = _unpacked(encoded, alphabet).decode()
    except ValueError as error:
        raise BadArgument("encoded", f"does not unpack to text by {alphabet}") from error
    return {"text": text, "characters": len(text)}


def _unpacked(encoded: str, alphabet: str) -> bytes:
    if alphabet == "hex":
        return bytes.fromhex(encoded)
    if alphabet == "base32":
        return base64.b32decode(encoded)
    if alphabet == "base64url":
        # Links and tokens leave the padding out.
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), b"-_", validate=True)
    return base64.b64decode(encoded, validate=True)


@tool.post("/identifiers", "Name To UUID")
def name_to_uuid(
    name: Annotated[str, Text("Name inside the namespace.", examples=("www.example.com",), max_length=300)],
    namespace: Annotated[
        str, Choice("What the name is.", members=tuple(sorted(NAMESPACES)), example="dns")
    ] = "dns",
    version: Annotated[
        str, Choice("3 is made with MD5, 5 with SHA-1.", members=("3", "5"), example="3")
    ] = "5",
) -> Answer:
    """The same 128-bit identifier for the same name, on every machine and every day."""
    make = uuid.uuid3 if version == "3" else uuid.uuid5
    return {"uuid": str(make(NAMESPACES[namespace], name))}
