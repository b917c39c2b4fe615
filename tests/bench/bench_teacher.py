"""Replies/s of the rehearsal teacher on one core: planner requests with 4 KB of messages and 6 functions.

    python tests/bench/bench_teacher.py [seconds]

Two lines are printed: every request another instruction (nothing remembered helps), and requests of a
search that asks about the same few instructions again and again. Beside the wall clock stands the figure for
a second of the server's processor time: what one core can do when the load generator has another one.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.infra.sandbox.teacher.marketplace import functions, observation  # noqa: E402

CONNECTIONS = 8
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


async def measure(name: str, server: subprocess.Popen[str], port: int, distinct: int, seconds: float) -> None:
    """Load the server for some seconds and print what it did."""
    each = distinct // CONNECTIONS
    lots = [[request_bytes(c * each + n) for n in range(each)] for c in range(CONNECTIONS)]
    used, start = processor_s(server.pid), time.perf_counter()
    counts = await asyncio.gather(*(keep_asking(port, lot, start + seconds) for lot in lots))
    wall, used = time.perf_counter() - start, processor_s(server.pid) - used
    replies = sum(counts)
    size = len(lots[0][0])
    print(
        f"{name}: {replies / wall:.0f} replies/s, {replies / used:.0f} a core-second ({size} bytes a request)"
    )


def main() -> None:
    """Start a server, measure, end it."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    command = [sys.executable, "-m", "infra.sandbox.teacher", "--port", "0", "--seed", "1"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline().rsplit(":", 1)[1].split("/")[0])
        asyncio.run(measure("new instructions", server, port, 20_000, seconds))
        asyncio.run(measure("known instructions", server, port, 64, seconds))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
