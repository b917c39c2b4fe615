"""Environment of the programs of one clone, and of a shell that wants to talk to them (`.foundry/env`).

What the shell exports passes on, but for two things: its own Prefect settings, which belong to another
server, and, unless a real model is named, where models live: a key in the shell changes nothing.
"""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.local.ports import HOST
from infra.local.scale import FOR_THE_SERVER, client_settings

REHEARSAL_MODEL = "rehearsal-middle"
"""Rule-made teacher of the sandbox: free, and never presented as a language model."""


def shared(
    folder: Path, ports: Mapping[str, int], shell: Mapping[str, str], hub_key: str = ""
) -> dict[str, str]:
    """Settings that programs and a shell share.

    Args:
        folder: the state folder.
        ports: of `hub`, `teacher` and `prefect`.
        shell: the environment we were called in.
        hub_key: issued by the sandbox's hub.
    """
    settings = {
        "FOUNDRY_STATE": str(folder),
        "FOUNDRY_ROOT": shell.get("FOUNDRY_ROOT") or str(folder / "tables"),
        "FOUNDRY_HUB_URL": url(ports["hub"]),
        "FOUNDRY_HUB_KEY": hub_key,
        "FOUNDRY_MODEL": shell.get("FOUNDRY_MODEL") or REHEARSAL_MODEL,
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": f"{url(ports['prefect'])}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        # The least that Prefect allows: what is silent for longer than two and a half of them is dead.
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        # Flow runs that are cancelled before their process runs; looked for where an event was missed.
        "PREFECT_WORKER_ENABLE_CANCELLATION": "true",
        "PREFECT_WORKER_CANCELLATION_POLL_SECONDS": "10",
        # Pauses of 2, 4, 8 ... s: a server that is restarted is waited for, for two minutes.
        "PREFECT_CLIENT_MAX_RETRIES": "6",
        # SQLite has one writer: on a busy laptop a heartbeat may wait longer than ten seconds.
        "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
        "DO_NOT_TRACK": "1",
        **client_settings(shell),
    }
    if uses_sandbox_teacher(shell):
        settings |= {"OPENAI_BASE_URL": f"{url(ports['teacher'])}/v1", "OPENAI_API_KEY": "sandbox"}
    return settings


def uses_sandbox_teacher(shell: Mapping[str, str]) -> bool:
    """Whether no real model is named."""
    return (shell.get("FOUNDRY_MODEL") or REHEARSAL_MODEL).startswith("rehearsal")


def of_program(settings: Mapping[str, str], shell: Mapping[str, str]) -> dict[str, str]:
    """Whole environment of a program: the shell's without its Prefect settings, then ours."""
    kept = {
        name: value
        for name, value in shell.items()
        if not name.startswith("PREFECT_") and name not in FOR_THE_SERVER
    }
    loopback = ",".join(filter(None, [kept.get("NO_PROXY") or kept.get("no_proxy"), HOST, "localhost"]))
    return {
        **kept,
        **settings,
        "NO_PROXY": loopback,
        "no_proxy": loopback,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)]),
        "PYTHONUNBUFFERED": "1",
    }


def write_env(settings: Mapping[str, str], path: Path) -> None:
    """Write them as shell assignments that only the owner can read; the hub's key is among them."""
    path.touch(mode=0o600, exist_ok=True)
    path.chmod(0o600)
    path.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items()))


def read_env(path: Path) -> dict[str, str]:
    """What `write_env` has written; nothing when there is no file."""
    if not path.exists():
        return {}
    try:
        words = shlex.split(path.read_text())
    except ValueError:
        return {}  # cut off while it was written; `make up` writes it anew
    pairs = (word.partition("=") for word in words)
    return {name: value for name, _, value in pairs if name}


def url(port: int) -> str:
    """Address of a program on the loopback interface."""
    return f"http://{HOST}:{port}"
