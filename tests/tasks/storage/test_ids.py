from tasks.storage.ids import combination_id, instruction_id


def test_an_instruction_keeps_its_id_whatever_the_order_of_its_apis():
    assert instruction_id("I1", ["b", "a"], "Hello") == instruction_id("I1", ["a", "b"], "Hello")


def test_the_documented_instruction_id_stays_as_published():
    apis = ["hub/sun/rise", "hub/sun/set"]
    assert instruction_id("I1", apis, "When does the sun rise?") == "dc0e2e42534deafe"


def test_group_apis_and_text_each_change_an_instruction_id():
    ids = {instruction_id(*parts) for parts in [("I1", ["a"], "x"), ("I2", ["a"], "x"), ("I1", ["b"], "x")]}
    assert len(ids | {instruction_id("I1", ["a"], "y")}) == 4


def test_drawing_the_same_apis_twice_gives_two_combination_ids():
    assert combination_id("I1", ["a"], 0) != combination_id("I1", ["a"], 5)
