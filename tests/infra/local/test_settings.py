import json
import subprocess
import sys
from pathlib import Path

from infra.local import settings

PORTS = {"hub": 1001, "teacher": 1002, "prefect": 1003}


def test_a_key_in_the_shell_changes_nothing(tmp_path: Path) -> None:
    shell = {"OPENAI_API_KEY": "sk-real", "OPENAI_BASE_URL": "https://api.example.com/v1"}
    environment = settings.of_program(settings.shared(tmp_path, PORTS, shell), shell)
    assert environment["OPENAI_BASE_URL"] == "http://127.0.0.1:1002/v1"
    assert "sk-real" not in environment.values()
    assert environment["FOUNDRY_MODEL"] == settings.REHEARSAL_MODEL


def test_a_real_model_is_reached_where_the_shell_says_once_it_is_named(tmp_path: Path) -> None:
    shell = {"OPENAI_API_KEY": "sk-real", "FOUNDRY_MODEL": "gpt-x"}
    shared = settings.shared(tmp_path, PORTS, shell)
    assert "OPENAI_BASE_URL" not in shared
    assert "sk-real" not in shared.values(), "a key is handed to programs, never written to a file"
    assert settings.of_program(shared, shell)["OPENAI_API_KEY"] == "sk-real"


def test_settings_of_another_prefect_server_do_not_reach_our_programs(tmp_path: Path) -> None:
    shell = {
        "PREFECT_API_KEY": "pnu_cloud",
        "PREFECT_API_URL": "https://api.prefect.cloud",
        "HOME": "/home/me",
    }
    environment = settings.of_program(settings.shared(tmp_path, PORTS, shell), shell)
    assert "PREFECT_API_KEY" not in environment
    assert environment["PREFECT_API_URL"] == "http://127.0.0.1:1003/api"
    assert environment["HOME"] == "/home/me"


def test_a_proxy_of_the_shell_is_not_asked_for_programs_on_this_machine(tmp_path: Path) -> None:
    environment = settings.of_program({}, {"NO_PROXY": "intranet", "HTTPS_PROXY": "http://proxy:3128"})
    assert environment["NO_PROXY"] == "intranet,127.0.0.1,localhost"
    assert environment["HTTPS_PROXY"] == "http://proxy:3128"


def test_the_file_for_shells_is_read_back_and_nobody_elses(tmp_path: Path) -> None:
    path = tmp_path / "env"
    written = {
        "FOUNDRY_HUB_KEY": "laptop.123", "FOUNDRY_ROOT": "/tables with blanks", "EMPTY": "",
        "PREFECT_API_AUTH_STRING": "me:it's \"$HOME\" `id` \\ #1", "LINES": "a\nb=c\n",
    }  # fmt: skip
    settings.write_env(written, path)
    assert settings.read_env(path) == written
    told = f"{sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    shown = subprocess.run(["sh", "-c", f"set -a; . {path}; {told}"], capture_output=True, check=True)
    shell = json.loads(shown.stdout)
    assert {name: shell[name] for name in written} == written
    assert path.stat().st_mode & 0o077 == 0
    assert settings.read_env(tmp_path / "absent") == {}
