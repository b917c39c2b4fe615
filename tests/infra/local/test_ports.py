import socket
from pathlib import Path

import pytest

from infra.local import ports


def test_a_port_is_kept_as_long_as_it_is_free(tmp_path: Path) -> None:
    first = ports.choose(["hub", "teacher"], [], tmp_path)
    assert len(set(first.values())) == 2
    assert ports.choose(["hub", "teacher"], [], tmp_path) == first
    assert ports.recorded(tmp_path) == first


def test_a_port_that_another_program_took_is_replaced(tmp_path: Path) -> None:
    first = ports.choose(["hub"], [], tmp_path)
    with socket.socket() as other:
        other.bind((ports.HOST, first["hub"]))
        other.listen()
        assert ports.choose(["hub"], [], tmp_path)["hub"] != first["hub"]


def test_a_program_of_ours_that_runs_keeps_its_port(tmp_path: Path) -> None:
    first = ports.choose(["hub"], [], tmp_path)
    with socket.socket() as ours:
        ours.bind((ports.HOST, first["hub"]))
        ours.listen()
        assert ports.choose(["hub"], ["hub"], tmp_path) == first


def test_no_port_is_chosen_that_the_system_gives_to_others(tmp_path: Path) -> None:
    assert set(ports.choose(["hub", "teacher"], [], tmp_path).values()) <= set(ports.OURS)


def test_where_all_of_ours_are_taken_the_system_gives_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server((ports.HOST, 0)) as other:
        monkeypatch.setattr(ports, "OURS", range(other.getsockname()[1], other.getsockname()[1] + 1))
        assert ports.choose(["hub"], [], tmp_path)["hub"] not in {0, *ports.OURS}


def test_a_damaged_record_of_ports_is_replaced(tmp_path: Path) -> None:
    tmp_path.joinpath("ports.json").write_text("[1, 2")
    assert ports.recorded(tmp_path) == {}
    assert ports.choose(["hub"], [], tmp_path)["hub"] > 0
