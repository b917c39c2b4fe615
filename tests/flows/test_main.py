import subprocess
import sys

import pytest

from flows.__main__ import OTHERS, STAGES, door, main


def test_help_lists_every_command() -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "flows", "--help"], capture_output=True, text=True, check=True
    )
    for name in (*STAGES, *OTHERS):
        assert name in outcome.stdout


@pytest.mark.parametrize("stage", STAGES)
def test_every_option_of_a_stage_is_explained(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    door([stage])
    module = sys.modules[STAGES[stage]]
    for name, field in module.Parameters.model_fields.items():
        assert field.description, f"{stage} --{name} has no description"
    with pytest.raises(SystemExit):
        main([stage, "--help"])
    assert "--json" in capsys.readouterr().out


def test_a_shell_command_pays_for_neither_prefect_nor_torch() -> None:
    look = (
        "import sys\nfrom flows.__main__ import door\ndoor()\n"
        "heavy = {'prefect', 'torch', 'transformers', 'deepspeed', 'pandas', 'openai'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    outcome = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert outcome.stdout.strip() == "[]"


def test_an_unknown_option_is_one_sentence_that_suggests_the_right_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["annotate", "--instructions", "a", "--trajectories", "b", "--modl", "x"])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.startswith("foundry: ")
    assert "--model" in said
    assert len(said.strip().splitlines()) == 1
