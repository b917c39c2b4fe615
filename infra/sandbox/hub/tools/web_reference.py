"""Web Reference: what the numbers and endings of the web stand for."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Integer, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Web Reference",
    category="Tools",
    description="A pocket book for people who write web pages and servers: replies of servers, kinds of"
    " files, and the doors that services listen at.",
    data_vintage="IANA registries as of 2026, in extract.",
    licence="Apache-2.0; facts: IANA registries",
    collections=("writing-desk",),
)

CLASSES = {1: "informational", 2: "success", 3: "redirection", 4: "client error", 5: "server error"}

STATUS_NAMES = {
    100: "Continue",
    101: "Switching Protocols",
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    206: "Partial Content",
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    304: "Not Modified",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    409: "Conflict",
    410: "Gone",
    412: "Precondition Failed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    418: "(Unused)",
    422: "Unprocessable Content",
    425: "Too Early",
    426: "Upgrade Required",
    428: "Precondition Required",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    451: "Unavailable For Legal Reasons",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
    507: "Insufficient Storage",
    511: "Network Authentication Required",
}

MEDIA_TYPES = {
    "aac": "audio/aac",
    "avif": "image/avif",
    "css": "text/css",
    "csv": "text/csv",
    "epub": "application/epub+zip",
    "gif": "image/gif",
    "gz": "application/gzip",
    "html": "text/html",
    "ics": "text/calendar",
    "jpg": "image/jpeg",
    "js": "text/javascript",
    "json": "application/json",
    "md": "text/markdown",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "png": "image/png",
    "rtf": "application/rtf",
    "svg": "image/svg+xml",
    "tif": "image/tiff",
    "txt": "text/plain",
    "wasm": "application/wasm",
    "webp": "image/webp",
    "woff2": "font/woff2",
    "xml": "application/xml",
    "zip": "application/zip",
}

PORTS = {
    "domain": (53, "tcp/udp", "name resolution"),
    "ftp": (21, "tcp", "file transfer"),
    "http": (80, "tcp", "web pages"),
    "https": (443, "tcp/udp", "web pages, encrypted"),
    "imaps": (993, "tcp", "reading mail, encrypted"),
    "ldap": (389, "tcp/udp", "directories"),
    "mysql": (3306, "tcp", "database"),
    "ntp": (123, "udp", "clock synchronisation"),
    "postgresql": (5432, "tcp", "database"),
    "smtp": (25, "tcp", "mail between servers"),
    "ssh": (22, "tcp", "remote shell"),
    "submission": (587, "tcp", "sending mail"),
}


@tool.get("/status/{code}", "HTTP Status")
def http_status(
    code: Annotated[int, Integer("Three-digit reply of a server.", minimum=100, maximum=599, example=404)],
) -> Answer:
    """What a web server means by its three-digit reply, and whose error it is, if any."""
    if code not in STATUS_NAMES:
        raise NotFound(f"no meaning is registered for {code}, or it is not in this extract")
    kind = CLASSES[code // 100]
    return {"code": code, "name": STATUS_NAMES[code], "class": kind, "is_error": code >= 400}


@tool.get("/media-types/{extension}", "Media Type")
def media_type(
    extension: Annotated[
        str,
        Text(
            "Ending of a file name, without the dot.",
            examples=("svg", "epub", "json"),
            pattern="[A-Za-z0-9]{1,8}",
            pattern_words="a file ending without the dot, such as svg",
        ),
    ],
) -> Answer:
    """The MIME label under which a kind of file is served, from the ending of its name."""
    found = MEDIA_TYPES.get(extension.lower())
    if found is None:
        raise NotFound(f"no media type is listed for the ending '{extension}'")
    return {"extension": extension.lower(), "media_type": found}


@tool.get("/ports/{service}", "Service Port")
def service_port(
    service: Annotated[
        str,
        Text(
            "Registered short name of the service.",
            examples=("ssh", "https", "postgresql"),
            pattern="[A-Za-z0-9-]{2,15}",
            pattern_words="the short name of a service such as ssh",
        ),
    ],
) -> Answer:
    """At which TCP or UDP number a well-known network service listens, and what it is for."""
    found = PORTS.get(service.lower())
    if found is None:
        raise NotFound(f"no port is listed for the service '{service}'")
    port, transport, purpose = found
    return {"service": service.lower(), "port": port, "transport": transport, "purpose": purpose}
