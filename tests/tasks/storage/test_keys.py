import os
from pathlib import Path

import pytest

from tasks.errors import ConfigurationError
from tasks.llm.ledger import ledger_place
from tasks.storage.keys import environment_without_keys, refuse_keys
from tests.canaries import canary, said

PASSWORD = "canary%2Fpass%2Bword"
PLANTED = {
    "HF_TOKEN": "hf_canary-of-a-hub",
    "PREFECT_API_KEY": "pnu_canary-of-a-cloud",
    "PREFECT_API_AUTH_STRING": "factory:canary-of-a-server",
    "FOUNDRY_PREFECT_AUTH": "factory:canary-of-a-laptop",
    "FOUNDRY_PREFECT_DATABASE": f"postgresql+asyncpg://prefect:database-{PASSWORD}@db.example/prefect",
    "FOUNDRY_PREFECT_REDIS": f"redis://:redis-{PASSWORD}@redis.example:6379/0",
    "FOUNDRY_LEDGER": f"postgresql://me:ledger-{PASSWORD}@db.example/ledger",
}


def test_a_program_that_needs_no_key_is_given_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(f"{name}_FILE", f"/run/secrets/canary-{name}")
    handed_on = environment_without_keys()
    assert [name for name, value in handed_on.items() if "canary" in value] == []
    assert handed_on["PATH"] == os.environ["PATH"]


@pytest.mark.parametrize(
    ("name", "written"),
    [(name, value) for name, value in PLANTED.items() if "://" not in value]
    + [(name, value.partition(":")[2]) for name, value in PLANTED.items() if "AUTH" in name]
    + [
        (name, f"x{shown}y")
        for name, value in PLANTED.items() if "://" in value
        for shown in (value.split(":")[2].split("@")[0], value.split(":")[2].split("@")[0]
                      .replace("%2F", "/").replace("%2B", "+"))
    ],
)  # fmt: skip
def test_a_key_of_another_program_is_refused_as_a_parameter(
    name: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, PLANTED[name])
    with pytest.raises(ConfigurationError, match=f"^model holds the key of {name}, ") as refused:
        refuse_keys({"seed": 1, "model": ["a", {"b": f"a {written} b"}]})
    assert written not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://h/db?user=u&password={key}", "http://h/?rapidapi-key={key}", "see https://h/a?KEY={key}&b=1",
        "https://h/a?access_token={key}", "s3+http://h/?X-Amz-Signature={key}", "http://h/?client%5Fsecret={key}",
        "https://h/#id_token={key}", "http://me:{key}@h/",
    ],
)  # fmt: skip
def test_a_key_in_an_address_is_refused_whichever_it_is(address: str) -> None:
    key = canary("unknown").replace("/", "%2F").replace("+", "%2B").replace("=", "%3D")
    with pytest.raises(ConfigurationError, match=r"^location holds an address with") as no:
        refuse_keys({"location": address.format(key=key)})
    assert not said(str(no.value).encode(), key)


def test_what_holds_no_key_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUNDRY_LEDGER", "/srv/factory/ledger.sqlite")
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "me:short")
    fields = {
        "instructions": "/srv/factory/ledger.sqlite/v1", "location": "http://127.0.0.1:9000/openapi.json?q=a&key=",
        "model": "short", "text": "what is a key=value? http://[broken", "page": "http://h/?keyword=a&max_tokens=9",
    }  # fmt: skip
    refuse_keys(fields)


def test_the_address_of_the_ledger_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ledger"
    file.write_text(PLANTED["FOUNDRY_LEDGER"] + "\n")
    monkeypatch.delenv("FOUNDRY_LEDGER")
    monkeypatch.setenv("FOUNDRY_LEDGER_FILE", str(file))
    assert ledger_place() == PLANTED["FOUNDRY_LEDGER"]
    with pytest.raises(ConfigurationError, match="holds the key of FOUNDRY_LEDGER"):
        refuse_keys({"model": f"ledger-{PASSWORD}"})
    monkeypatch.setenv("FOUNDRY_LEDGER_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="FOUNDRY_LEDGER_FILE names"):
        ledger_place()
