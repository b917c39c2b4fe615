"""Kinds of fault that a folder of files adds or replaces, and files that are refused."""

import pytest

from infra.sandbox.hub.errors import DeclarationError
from infra.sandbox.hub.marketplace import Marketplace
from infra.sandbox.hub.plants import load_faults, plant
from infra.sandbox.hub.trials import try_faults
from tests.infra.sandbox.hub_calls import SEED, catalogue, keyed

KINDS = {fault.kind for fault in load_faults()}

FAULT_FILE = '''
"""Teapot: an API that refuses coffee."""

from infra.sandbox.hub.fault import Call, Fault, Reply, message

fault = Fault(kind="teapot", caller_gets="418 with a JSON message", expected="reject")


@fault.reply
def refuse(call: Call) -> Reply:
    """Short and stout."""
    return message(418, "I am a teapot")
'''


def test_a_folder_of_fault_files_adds_and_replaces_kinds(tmp_path):
    (tmp_path / "teapot.py").write_text(FAULT_FILE)
    (tmp_path / "mine.py").write_text(
        FAULT_FILE.replace('"teapot"', '"404"')
        .replace("reject", "keep")
        .replace("message(418", "message(410")
    )
    faults = {fault.kind: fault for fault in load_faults(tmp_path)}
    assert faults.keys() == KINDS | {"teapot"} and faults["404"].expected == "keep"
    client = keyed(Marketplace(catalogue(), {("math-box", "percent-change"): faults["teapot"]}, SEED))
    assert client.get("/api/math-box/percent-change").status_code == 418


def test_a_kind_of_a_folder_may_ask_for_tools_that_write(tmp_path):
    (tmp_path / "teapot.py").write_text(
        FAULT_FILE.replace('"reject")', '"reject", hits_tools_that_write=True)')
    )
    faults = load_faults(tmp_path)
    planted = plant(catalogue(), faults, SEED, 1.0)
    writing = {slug for slug, tool in catalogue().tools.items() if tool.initial_state is not None}
    assert {fault.kind for (tool, _), fault in planted.items() if tool in writing} == {"teapot"}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (FAULT_FILE, "flaw = 5", "teapot.py defines no fault: write fault = Fault"),
        ('"reject"', '"maybe"', "teapot.py: fault 'teapot': expected is one of keep, reject"),
        ('"teapot"', '"tea pot"', "teapot.py: fault 'tea pot': name the kind by"),
        ('"418 with a JSON message"', '""', "say what the caller gets"),
        ("import Call,", "import Cal,", "teapot.py fails when it is imported"),
        ('message(418, "I am a teapot")', "418", "fault 'teapot' gives no Reply"),
        ('message(418, "I am a teapot")', "call.nothing()", "fault 'teapot' fails"),
        (
            'message(418, "I am a teapot")',
            'Reply(418, "text/plain", "words")',
            "fault 'teapot': its body must be bytes",
        ),
        (
            'message(418, "I am a teapot")',
            'Reply(418, "text/plain\\r\\nx: y", b"words")',
            "fault 'teapot': its content type must be one line",
        ),
        (
            'message(418, "I am a teapot")',
            'Reply(418, "text/plain", b"words", delay_s=-1)',
            "fault 'teapot': its delay must be 0 to 600 seconds",
        ),
        ('"reject")', '"reject", fits=lambda api: api.nothing)', "fault 'teapot' fails"),
    ],
)
def test_a_wrong_fault_file_is_refused_in_one_sentence(tmp_path, before, after, words):
    assert before in FAULT_FILE
    (tmp_path / "teapot.py").write_text(FAULT_FILE.replace(before, after))
    with pytest.raises(DeclarationError) as refused:
        try_faults(catalogue(), load_faults(tmp_path))
    assert words in str(refused.value) and "\n" not in str(refused.value)


def test_two_files_of_the_same_kind_are_refused(tmp_path):
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text(FAULT_FILE)
    with pytest.raises(
        DeclarationError, match=r"two\.py: another file of the folder declares teapot already"
    ):
        load_faults(tmp_path)


def test_a_fault_without_a_fitting_api_is_simply_not_planted(tmp_path):
    (tmp_path / "teapot.py").write_text(FAULT_FILE.replace('"reject")', '"reject", fits=lambda api: False)'))
    faults = load_faults(tmp_path)
    try_faults(catalogue(), faults)
    assert "teapot" not in {fault.kind for fault in plant(catalogue(), faults, SEED, 1.0).values()}


def test_an_empty_folder_of_faults_is_refused(tmp_path):
    with pytest.raises(DeclarationError, match="holds no fault file"):
        load_faults(tmp_path)


def test_a_fault_that_crashes_later_is_a_crash_of_its_api_only(tmp_path):
    (tmp_path / "teapot.py").write_text(FAULT_FILE.replace("return message", "1 / 0\n    return message"))
    fault = next(each for each in load_faults(tmp_path) if each.kind == "teapot")
    client = keyed(Marketplace(catalogue(), {("math-box", "percent-change"): fault}, SEED))
    assert client.get("/api/math-box/percent-change").status_code == 500
    assert client.get("/api/math-box/factors/12").status_code == 200
