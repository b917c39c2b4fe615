"""The student behind OpenAI's protocol: what annotates with a teacher evaluates a student unchanged.

    python -m tasks.training.serve --checkpoint FOLDER --port 0

Prints one line, `student on http://127.0.0.1:PORT/v1`, once it answers. Requests are generated one at a
time, on one worker thread, in the order of their arrival. SIGTERM ends it; so does the end of standard
input with `--until-stdin-closes`.
"""

import argparse
import asyncio
import socket
import sys
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tasks.errors import FactoryError
from tasks.training.chat import (
    ChatRequest,
    CompletionRequest,
    Sampling,
    completion,
    continuation,
    error_body,
)
from tasks.training.generation import Prompt, Student
from tasks.training.lifeline import end_when_stdin_closes
from tasks.training.tokenizer import Conversation


def application(student: Student, name: str) -> Starlette:
    """The server's routes: chat completions, completions of plain text, the list of models, health."""
    worker = ThreadPoolExecutor(1, "student")

    async def complete(request: Request) -> JSONResponse:
        try:
            asked = ChatRequest.model_validate_json(await request.body())
        except ValidationError as error:
            return JSONResponse(error_body(_first_problem(error), "bad_request"), 400)
        ids = student.tokens_of(Conversation(asked.spoken(), asked.offered()))
        return await answered(asked, ids, completion)

    async def go_on(request: Request) -> JSONResponse:
        try:
            asked = CompletionRequest.model_validate_json(await request.body())
        except ValidationError as error:
            return JSONResponse(error_body(_first_problem(error), "bad_request"), 400)
        return await answered(asked, student.tokens_of_text(asked.prompt), continuation)

    async def answered(asked: Sampling, ids: list[int], write: Callable[..., dict[str, Any]]) -> JSONResponse:
        if len(ids) + asked.token_limit > student.context:
            return JSONResponse(
                error_body(
                    f"{len(ids)} prompt tokens and {asked.token_limit} for the reply exceed the context of "
                    f"{student.context} tokens",
                    "context_length_exceeded",
                ),
                400,
            )
        seed = asked.seed & (2**63 - 1)
        prompt = Prompt(ids, asked.token_limit, asked.temperature, asked.top_p, seed, asked.ends)
        said = await asyncio.get_running_loop().run_in_executor(worker, student.continued, prompt)
        request_id = uuid.uuid4().hex[:16]
        return JSONResponse(write(request_id, name, said.text, said.finished, len(ids), said.tokens))

    async def models(_: Request) -> JSONResponse:
        return JSONResponse(
            {
                "object": "list",
                "data": [{"id": name, "object": "model", "created": 0, "owned_by": "toolfoundry"}],
            }
        )

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/v1/chat/completions", complete, methods=["POST"]),
            Route("/v1/completions", go_on, methods=["POST"]),
            Route("/v1/models", models),
            Route("/health", health),
        ]
    )


class AnnouncingServer(uvicorn.Server):
    """uvicorn's server, which says where it listens once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the one line that callers wait for."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            print(f"student on http://{host}:{port}/v1", flush=True)


def main(arguments: list[str]) -> int:
    """Serve until told to end; 2 when the checkpoint cannot be served."""
    parser = argparse.ArgumentParser(prog="python -m tasks.training.serve", description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True, help="folder with a trained student")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--name", default="student", help="the model's name in replies")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when standard input does")
    given = parser.parse_args(arguments)
    if given.until_stdin_closes:
        end_when_stdin_closes()
    try:
        student = Student(given.checkpoint)
    except FactoryError as error:
        print(f"student: {error}", file=sys.stderr)
        return 2
    server = AnnouncingServer(
        uvicorn.Config(
            application(student, given.name),
            host=given.host,
            port=given.port,
            log_level="warning",
        )
    )
    server.run()
    return 0


def _first_problem(error: ValidationError) -> str:
    """A validation error's first problem, in one sentence."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "body"
    return f"{place}: {first['msg']}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
