import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.infra.sandbox.teacher.conftest import ROOT
from tests.infra.sandbox.teacher.conversations import body, opening
from tests.infra.sandbox.teacher.marketplace import functions

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
import infra.sandbox.teacher.__main__
from infra.sandbox.teacher.roles import respond
reply = respond(sys.stdin.buffer.read(), 7)
ours = sorted(name for name in sys.modules if name.split(".")[0] in ("infra", "tasks", "flows"))
import json
print(json.dumps([ours, json.loads(reply)["choices"][0]["message"]["tool_calls"][0]["function"]["name"]]))
"""


def test_it_runs_alone_in_an_empty_folder_and_imports_nothing_else_of_the_project(tmp_path: Path) -> None:
    alone, empty = tmp_path / "alone", tmp_path / "empty"
    empty.mkdir()
    shutil.copytree(ROOT / "infra/sandbox/teacher", alone / "infra/sandbox/teacher")
    for package in ("infra", "infra/sandbox"):
        (alone / package / "__init__.py").touch()
    ask = opening("Which currency do they use in Kenya? Tell me the legal tender.")
    request = body(ask, functions(), model="rehearsal-strong")
    ended = subprocess.run(
        [sys.executable, "-I", "-c", SCRIPT, str(alone)],
        cwd=empty,
        input=request,
        capture_output=True,
        check=True,
    )
    modules, called = json.loads(ended.stdout)
    assert called == "money_of_country_for_coin_cabinet"
    strangers = [name for name in modules if not name.startswith("infra.sandbox.teacher")]
    assert strangers == ["infra", "infra.sandbox"]
