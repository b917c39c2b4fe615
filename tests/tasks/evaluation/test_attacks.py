from tasks.environment.tasks_file import KnownTask
from tasks.evaluation.attacks import KINDS, attacks, rates
from tasks.evaluation.check import attack_report, judged
from tasks.evaluation.known import KnownAnswers, made_ready
from tasks.records import Instruction
from tests.tasks.facts.written import written


def known() -> KnownAnswers:
    """The questions of the written answers as tasks, a few of them said to be of one API."""
    tasks: dict[str, KnownTask] = {}
    for number, each in enumerate(written("right_answers")):
        instruction = Instruction(
            instruction_id=f"{number:016x}",
            group="I1",
            text=each.question,
            api_ids=(),
            relevant_api_ids=(f"hub/made/{number % 7}",),
            combination_id="",
            split="test",
            teacher="made",
            teacher_kind="rehearsal",
            expected_facts=each.facts,
            solvable=each.solvable,
        )
        tasks.setdefault(each.question, KnownTask(instruction, (), (), 0))
    return made_ready(list(tasks.values()))


def test_every_kind_of_attack_is_made_and_equal_seeds_make_equal_ones():
    first, again, other = (list(attacks(known(), seed)) for seed in (3, 3, 4))
    assert {each.kind for each in first} == set(KINDS)
    assert [each.answer for each in first] == [each.answer for each in again]
    assert [each.answer for each in first] != [each.answer for each in other]


def test_answers_that_must_not_pass_do_not_pass():
    report = attack_report(known(), seed=3)
    assert report["tried"] > 1500
    assert report["rate"] <= 0.01, report["examples"]
    assert report["by_attack"]["echo"]["accepted"] == 0
    assert report["by_attack"]["denied"]["rate"] <= 0.01, report["examples"]
    assert report["by_attack"]["many values"]["rate"] <= 0.05, report["examples"]


def test_an_attack_is_told_apart_from_the_answer_it_imitates():
    """What is said of the right values, without the denial around it, passes: the attacks are not straw."""
    refused = [
        each
        for each in attacks(known(), 5)
        if each.kind == "denied"
        and each.answer.startswith("It is not ")
        and not judged(each.target, each.answer.replace("It is not ", "It is ")).correct
    ]
    all_of_them = [each for each in attacks(known(), 5) if each.kind == "denied"]
    assert len(refused) <= 0.05 * len(all_of_them)


def test_rates_count_each_kind():
    [first, *_] = attacks(known(), 1)
    counted = rates([(first, True), (first, False)])
    assert counted[first.kind] == (1, 2)
    assert sum(tried for _, tried in counted.values()) == 2
