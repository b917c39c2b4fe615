from tests.groups import CLICKED, CLICKING, CLONE, LONGEST, group_of, rank_of


def test_what_is_dear_to_set_up_stays_together() -> None:
    assert group_of("tests/flows/test_main.py::test_help") == "tests/flows"
    assert group_of("tests/tasks/training/test_sft.py::test_a[1-tests/x.py::y]") == "tests/tasks/training"
    assert group_of("tests/tasks/catalog/test_stage.py::test_a") == "tests/tasks/catalog"
    assert group_of("tests/tasks/search/test_react.py::test_a") == "tests/tasks/search/test_react.py"
    assert group_of("tests/test_groups.py::test_a") == "tests/test_groups.py"


def test_what_takes_longest_comes_first() -> None:
    files = (
        "tests/flows/test_a.py",
        CLICKED[0],
        "tests/tasks/training/test_a.py",
        "tests/tasks/llm/test_a.py",
    )
    assert [rank_of(f"{file}::test_b") for file in files] == [0, 1, 2, 3]
    assert all((CLONE / folder).is_dir() for folder in LONGEST if folder != CLICKING)
    assert all((CLONE / file).is_file() for file in CLICKED)


OWN_SERVER = "tests/infra/local/test_scale.py"
"""Starts a Prefect server of its own, on PostgreSQL and Redis."""


def test_all_that_need_the_prefect_server_are_two_groups() -> None:
    marked = [
        file for file in CLONE.glob("tests/**/test_*.py") if "pytest.mark." + "prefect" in file.read_text()
    ]
    assert marked
    groups = {group_of(file.relative_to(CLONE).as_posix()) for file in marked}
    assert groups == {"tests/flows", CLICKING, OWN_SERVER}
