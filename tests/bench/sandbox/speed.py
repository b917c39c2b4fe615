"""Replies a second of hub and teacher, on one core.

Teacher: planner requests with 4 KB of messages and 7 functions; every request another instruction (nothing
remembered helps), then a search that asks about the same few again and again. Hub: small answers; beside our
own load generator `wrk`, where it is installed. Beside the wall clock stands the figure for a second of the
server's processor time: what one core can do when the load generator has another one.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.bench.bars import record
from tests.bench.sandbox.servers import hub_client, serving, url
from tests.infra.sandbox.teacher.marketplace import functions, observation

SECONDS = 5.0
CONNECTIONS = 8
SMALL = "/api/date-toolkit/between?start=2026-03-01&end=2026-12-25"
TOOLS = [
    {"type": "function", "function": schema} for schema in functions("Town Register", "Work Calendar")[-7:]
]


def request_bytes(number: int) -> bytes:
    """One HTTP request in the middle of a search: a call was made, its answer is there."""
    instruction = (
        f"Please look up the town Porto, and tell me how many business days lie between 2026-07-01 and "
        f"2026-07-{number % 28 + 1:02d} in Spain. This is question {number} of my list, thank you!"
    )
    padding = " ".join(["The tools behind the functions are described here."] * 58)
    call = {"name": "largest_towns_for_town_register", "arguments": '{"country": "PT"}'}
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": padding},
        {"role": "user", "content": f"\n{instruction}\nBegin!\n"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "a", "type": "function", "function": call}],
        },
        {
            "role": "tool",
            "tool_call_id": "a",
            "content": observation(call["name"], {"country": "PT"}) + " " * 600,
        },
    ]
    body = json.dumps(
        {"model": "rehearsal-middle", "messages": messages, "seed": number, "tools": TOOLS}
    ).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def keep_asking(port: int, requests: list[bytes], until: float) -> int:
    """Send requests on one connection, one after another; returns the number of replies."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    replies = 0
    while time.perf_counter() < until:
        writer.write(requests[replies % len(requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        replies += 1
    writer.close()
    await writer.wait_closed()
    return replies


def processor_s(pid: int) -> float:
    """Processor time that a process has used so far [s]."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(name: str, server: subprocess.Popen[str], port: int, lots: list[list[bytes]]) -> float:
    """Load the server for some seconds, print and return its replies in a second of its processor time."""
    used, start = processor_s(server.pid), time.perf_counter()
    counts = await asyncio.gather(*(keep_asking(port, lot, start + SECONDS) for lot in lots))
    wall, used = time.perf_counter() - start, processor_s(server.pid) - used
    replies = sum(counts)
    print(
        f"{name}: {replies / wall:,.0f} replies/s, {replies / used:,.0f} a core-second "
        f"({len(lots[0][0])} bytes a request)",
        flush=True,
    )
    return replies / used


def bench_teacher() -> None:
    """Replies of the teacher."""
    with serving("infra.sandbox.teacher") as (server, port):
        new, known = (
            [[request_bytes(c * n + i) for i in range(n)] for c in range(CONNECTIONS)] for n in (2500, 8)
        )
        fresh = asyncio.run(measure("teacher, new instructions", server, port, new))
        asyncio.run(measure("teacher, known instructions", server, port, known))
    record("teacher replies per core", f"{fresh:,.0f} replies a core-second")


def bench_hub() -> None:
    """Small answers of the hub."""
    with serving("infra.sandbox.hub", "--plants", 0, "--drift", 0) as (server, port):
        with hub_client(port) as client:
            key = client.headers["X-Hub-Key"]
            assert client.get(SMALL).status_code == 200
        lots = [[f"GET {SMALL} HTTP/1.1\r\nHost: bench\r\nX-Hub-Key: {key}\r\n\r\n".encode()]] * CONNECTIONS
        speed = asyncio.run(measure("hub, small answers", server, port, lots))
        if shutil.which("wrk"):
            _wrk(server, port, key)
        else:
            print("hub by wrk: not measured, wrk is not installed (Debian package wrk)")
            record("hub replies per core", f"{speed:,.0f} requests a core-second (our own load)")


def _wrk(server: subprocess.Popen[str], port: int, key: str) -> None:
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{SECONDS:.0f}s",
        "-H",
        f"X-Hub-Key: {key}",
        url(port) + SMALL,
    ]
    used = processor_s(server.pid)
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = processor_s(server.pid) - used
    found = re.search(r"(\d+) requests in", said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found and rate and "Non-2xx" not in said, said
    requests = int(found[1])
    print(f"hub by wrk: {float(rate[1]):,.0f} requests/s, {requests / used:,.0f} a core-second", flush=True)
    record("hub replies per core", f"{requests / used:,.0f} requests a core-second (wrk)")
