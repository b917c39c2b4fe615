"""Files that never change, answered from memory: a page of marimo's asks for some 250 of them (6 MB).

Their names hold a hash of what is in them, so a browser need not ask twice.
"""

import mimetypes
from pathlib import Path
from typing import Any

_FOREVER = b"public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".wasm": "application/wasm"}
"""Those that a machine's own list of types may lack, or have otherwise."""


class InMemory:
    """ASGI: GET and HEAD of the files of one folder; everything else is for the app behind it."""

    def __init__(self, app: Any, path: str, folder: Path):
        """Answer for `path/NAME` with the folder's file of that name, each read from disk once."""
        self._app = app
        self._files = {f"{path}/{file.name}": file for file in folder.iterdir() if file.is_file()}
        self._read: dict[str, tuple[list[tuple[bytes, bytes]], bytes]] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer, or pass on."""
        path = scope.get("path", "")
        if scope["type"] != "http" or path not in self._files or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers, body = self._found(path)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _found(self, path: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
        if path not in self._read:
            file = self._files[path]
            body = file.read_bytes()
            kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            headers = [
                (b"content-type", kind.encode()),
                (b"content-length", str(len(body)).encode()),
                (b"cache-control", _FOREVER),
                (b"x-content-type-options", b"nosniff"),
            ]
            self._read[path] = headers, body
        return self._read[path]
