"""Tries a user's faults before the hub starts, as examples of tools are tried: a mistake ends the start."""

import re
from collections.abc import Sequence
from urllib.parse import urlencode

import orjson

from infra.sandbox.hub.calls import ApiCalls
from infra.sandbox.hub.catalogue import Catalogue
from infra.sandbox.hub.errors import DeclarationError, HubError
from infra.sandbox.hub.fault import Fault, Reply
from infra.sandbox.hub.marketplace import Marketplace
from infra.sandbox.hub.planted_call import PlantedCall, Request
from infra.sandbox.hub.sessions import Sessions
from infra.sandbox.hub.tool import Api

MAX_DELAY_S = 600


def try_faults(catalogue: Catalogue, faults: Sequence[Fault]) -> None:
    """Have each fault describe the APIs that it fits, and answer the example of the first of them.

    Raises:
        DeclarationError: it fails, or what it gives is no reply.
    """
    calls, sessions = ApiCalls(Marketplace(catalogue, {}, seed=0), Sessions()), Sessions()
    for fault in faults:
        try:
            fitting = [(tool, api) for tool, api in catalogue.apis() if fault.fits(api)]
            if not fitting:
                continue
            descriptions: list[object] = [fault.described(api) for _, api in fitting]
            tool, api = fitting[0]
            reply: object = fault.reply_to(
                PlantedCall(tool, api, _example_request(api), calls.answer, sessions, seed=0)
            )
        except HubError:
            continue  # to refuse the documented call may be what is wrong with it
        except Exception as error:
            raise DeclarationError(f"fault '{fault.kind}' fails: {error!r}") from error
        _check(fault.kind, descriptions, reply)


def _example_request(api: Api) -> Request:
    given = api.example_arguments()
    texts = {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in given.items()
    }
    places = {p.name: p.place for p in api.parameters}
    path = {name: text for name, text in texts.items() if places[name] == "path"}
    query = urlencode({name: text for name, text in texts.items() if places[name] == "query"})
    body = {name: value for name, value in given.items() if places[name] == "body"}
    return Request(path, query.encode(), orjson.dumps(body), [])


def _check(kind: str, descriptions: Sequence[object], reply: object) -> None:
    if not all(isinstance(description, str) for description in descriptions):
        raise DeclarationError(f"fault '{kind}': its description must be text")
    if not isinstance(reply, Reply):
        raise DeclarationError(f"fault '{kind}' gives no Reply(status, content_type, body)")
    if not isinstance(reply.status, int) or not 200 <= reply.status <= 599:
        raise DeclarationError(f"fault '{kind}': its status must be a number from 200 to 599")
    if not isinstance(reply.content_type, str) or not re.fullmatch("[ -~]+", reply.content_type):
        raise DeclarationError(f"fault '{kind}': its content type must be one line of ASCII text")
    if not isinstance(reply.body, bytes):
        raise DeclarationError(f"fault '{kind}': its body must be bytes")
    if not isinstance(reply.delay_s, int | float) or not 0 <= reply.delay_s <= MAX_DELAY_S:
        raise DeclarationError(f"fault '{kind}': its delay must be 0 to {MAX_DELAY_S} seconds")
