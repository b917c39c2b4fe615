"""A server with the door of `tasks.training.serve` that needs no torch: it calls a function, then answers.

It notes each request it gets in a file, so that tests can count what was asked.
"""

import argparse
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


def reply(messages: list[dict[str, Any]], functions: list[dict[str, Any]]) -> dict[str, Any]:
    if messages[-1]["role"] != "tool":
        called = {"name": functions[0]["name"], "arguments": '{"city": "Lima"}'}
    else:
        told = json.loads(json.loads(messages[-1]["content"])["response"])["sunrise"]
        answer = {"return_type": "give_answer", "final_answer": f"The sun rises at {told} in Lima."}
        called = {"name": "Finish", "arguments": json.dumps(answer)}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c", "type": "function", "function": called}],
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--notes", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--until-stdin-closes", action="store_true")
    parser.add_argument("--mute", action="store_true", help="never call anything")
    given = parser.parse_args()
    if not (given.checkpoint / "model.safetensors").is_file():
        print("student: no model.safetensors", file=sys.stderr)
        raise SystemExit(2)

    class Student(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with given.notes.open("a") as notes:
                notes.write(json.dumps({"model": asked["model"], "seed": asked["seed"]}) + "\n")
            functions = [tool["function"] for tool in asked["tools"]]
            mute = {"role": "assistant", "content": "Well."}
            message = mute if given.mute else reply(asked["messages"], functions)
            usage = {"prompt_tokens": 50, "completion_tokens": 20}
            body = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage})
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", given.port), Student)

    def end_with_stdin() -> None:
        while os.read(0, 4096):
            continue
        os._exit(1)

    threading.Thread(target=end_with_stdin, daemon=True).start()
    print(f"student on http://127.0.0.1:{server.server_port}/v1", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
