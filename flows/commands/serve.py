"""`foundry serve`: a trained student behind the OpenAI protocol, or spend as Prometheus metrics."""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from tasks.errors import ConfigurationError
from tasks.llm.ledger import caps_of, open_ledger
from tasks.llm.machine import Clock, machine_time
from tasks.llm.servers import is_loopback
from tasks.storage.table import Table

HOST = "127.0.0.1"
NAME = "serve"
"""Its stage in the ledger."""
LOOK_EVERY_S = 0.5
END_WAIT_S = 5.0

app = App(help="Serve what was trained, or what is spent.")


@app.command
def student(
    checkpoint: Annotated[str, Parameter(help="Address that finetune has written")],
    *,
    port: Annotated[int, Parameter(help="Port on loopback; 0 takes a free one and prints it")] = 0,
    budget_usd: Annotated[
        float | None, Parameter(help="Cap of the machine time of serving in the student's run [USD]")
    ] = None,
) -> None:
    """Serve a student on loopback until Ctrl-C; point OPENAI_BASE_URL at the printed address.

    Where an hour of this machine costs something (FOUNDRY_MACHINE_USD_PER_HOUR), serving ends when the next
    minute fits under no cap.
    """
    table = Table.open(checkpoint)
    if table.manifest.stage != "finetune":
        raise ConfigurationError(f"{checkpoint} holds the output of '{table.manifest.stage}', not a student")
    with tempfile.TemporaryDirectory(prefix="foundry-student-") as folder:
        table.fetch("model", Path(folder))
        # A process of its own: torch stays out of the command line's imports.
        command = [sys.executable, "-m", "tasks.training.serve", "--checkpoint", folder, "--port", str(port)]
        if budget_usd is not None:
            caps_of(open_ledger(), table.manifest.run_id, NAME, budget_usd)
        with machine_time(table.manifest.run_id, NAME, 0, table.address) as clock:
            code = served(command, clock)
        raise SystemExit(code)


def served(command: Sequence[str], clock: Clock | None) -> int:
    """Run a server to its end, or until its machine time fits under no cap; its exit code.

    Raises:
        BudgetExceeded: the server was told to end, and has ended.
    """
    with subprocess.Popen(command) as server:
        try:
            while True:
                try:
                    return server.wait(LOOK_EVERY_S)
                except subprocess.TimeoutExpired:
                    if clock is not None:
                        clock.check()
        finally:
            server.terminate()
            try:
                server.wait(END_WAIT_S)
            except subprocess.TimeoutExpired:
                server.kill()


@app.command
def metrics(
    *,
    port: Annotated[int, Parameter(help="Port; 0 takes a free one and prints it")] = 9464,
    host: Annotated[str, Parameter(help="Interface; whoever can reach it can read what is spent")] = HOST,
    root: Annotated[str, Parameter(help="Folder of tables; empty takes FOUNDRY_ROOT")] = "",
) -> None:
    """Serve what the ledger and the tables say of spend at /metrics, for Prometheus, until Ctrl-C.

    A Grafana dashboard and Prometheus' settings lie in infra/grafana.
    """
    from prometheus_client import CollectorRegistry, start_http_server

    from tasks.llm.spending.calls import watched_ledger
    from tasks.llm.spending.metrics import SpendCollector
    from tasks.storage.addresses import root as root_of_tables

    registry = CollectorRegistry(auto_describe=False)
    registry.register(SpendCollector(watched_ledger(), root or root_of_tables()))
    try:
        server, serving = start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        raise ConfigurationError(
            f"nothing can be served on {host}:{port} ({error.strerror}); give another --port"
        ) from None
    if is_loopback(f"http://{host}"):
        server.set_app(_named_as_this_machine(server.get_app()))
    print(f"metrics on http://{host}:{server.server_port}/metrics", flush=True)
    try:
        while serving.is_alive():
            threading.Event().wait(3600)
    finally:
        server.shutdown()


def _named_as_this_machine(app: Any) -> Callable[..., Any]:
    """WSGI: answers who asked for a name of this machine; a page whose name was made to lead here did not."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        try:
            ours = is_loopback(f"http://{environ.get('HTTP_HOST', '')}")
        except ValueError:
            ours = False
        if ours:
            return app(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain")])
        return [b"ask for 127.0.0.1 or localhost; 'foundry serve metrics --host' listens elsewhere"]

    return answer
