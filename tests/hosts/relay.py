"""`python -m tests.hosts.relay HOST PORT...`: each port of that address leads to the same port on loopback.

Hub, teacher and the Prefect server of a clone listen on loopback only; on a host that serves others something
stands in front of them, as here.
"""

import asyncio
import contextlib
import sys


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    writer.close()


async def _serve(host: str, port: int) -> asyncio.Server:
    async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pump(reader, back), _pump(there, writer))

    return await asyncio.start_server(passed_on, host, port)


async def _run(host: str, ports: list[int]) -> None:
    servers = [await _serve(host, port) for port in ports]
    print("ready", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1], [int(port) for port in sys.argv[2:]]))
