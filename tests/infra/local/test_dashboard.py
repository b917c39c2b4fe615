import os
from pathlib import Path

import pytest

from infra.local.dashboard import know_prefect
from infra.local.processes import Record, birth
from infra.local.settings import write_env


@pytest.mark.parametrize("password", ["factory:tweety", ""])
def test_the_server_of_the_clone_is_asked_with_its_own_password_and_no_other(
    password: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "")
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "of:another-server")
    began = birth(os.getpid())
    assert began is not None
    Record("prefect", os.getpid(), began, "", "", "http://127.0.0.1:9").write(tmp_path / "pids")
    write_env({"PREFECT_API_AUTH_STRING": password} if password else {}, tmp_path / "env")
    know_prefect(tmp_path)
    assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:9/api"
    assert os.environ["PREFECT_API_AUTH_STRING"] == password
