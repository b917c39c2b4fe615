from tasks.storage.addresses import family_of, join
from tasks.storage.store import store_of
from tasks.storage.table import Table
from tasks.storage.versions import newest_versions, tables_below, versions_of, with_inputs
from tests.tasks.storage.tables_made import a_table


def names(tables: list[Table], root: str) -> list[str]:
    return [table.address.removeprefix(root).strip("/") for table in tables]


def test_tables_are_found_below_a_root_and_files_of_models_are_none(address: str) -> None:
    for name in ("catalog/v1", "data/catalog/v1", "student/v1"):
        a_table(join(address, name))
    store_of(address).write("student/v1/data/model/shard-00000/part-00001-a/table.json", b"{}")
    store_of(address).write("catalog/notes.json", b"{}")
    assert names(tables_below(address), address) == ["catalog/v1", "data/catalog/v1", "student/v1"]
    assert names(tables_below(f"{address}/student/v1"), f"{address}/student/v1") == [""]


def test_inputs_stand_before_what_was_made_of_them_and_absent_ones_are_passed_over(a_folder: str) -> None:
    first = a_table(f"{a_folder}/a/v1", inputs={"location": "http://127.0.0.1:1", "file": "gone.json"})
    second = a_table(f"{a_folder}/b/v1", inputs={"catalog": first.address})
    third = a_table(f"{a_folder}/c/v1", inputs={"x": second.address, "y": first.address})
    assert names(with_inputs([third, first]), a_folder) == ["a/v1", "b/v1", "c/v1"]


def test_the_highest_number_of_a_family_is_its_newest_version(a_folder: str) -> None:
    made = [a_table(f"{a_folder}/{name}") for name in ("c/v2", "c/v10", "c/rapidapi", "d/v1")]
    assert names(newest_versions(made), a_folder) == ["c/v10", "c/rapidapi", "d/v1"]
    assert family_of("s3://b/c/v10") == ("s3://b/c/v", 10)
    assert family_of("s3://b/c/mine") == ("s3://b/c/mine", 0)


def test_versions_of_an_address_are_those_that_differ_in_their_number_and_nothing_else_is_read(
    address: str,
) -> None:
    for name in ("v10", "v2", "rapidapi-11", "mine", "mine-2"):
        a_table(join(address, "c", name))
    a_table(join(address, "c", "v3", "deeper", "v4"))
    store_of(join(address, "c", "v-damaged")).write("table.json", b"?")
    c = join(address, "c")
    assert names(versions_of(f"{c}/v1"), c) == ["v2", "v10"]
    assert names(versions_of(f"{c}/mine"), c) == ["mine", "mine-2"]
    assert versions_of(f"{address}/none/v1") == []
