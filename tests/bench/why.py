"""Why DFSDT is not always better than ReACT, measured: `make bench-why`.

    python -m tests.bench.why [--count 200] [--skills middle] [--stubborn 0,0.5,0.9] [--folder FOLDER]

The sandbox's tasks are searched by DFSDT and by ReACT with the same seed, so that equal states get equal
replies (replayed), and by ReACT with another seed (fresh). Each pair of outcomes is split by what made it
differ (`tasks/annotation/analysis/chains.py`), twice: judged by code, which has one opinion of one answer,
and by a model with three votes, which may have two.
"""

import argparse
import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import orjson

from flows.commands.analyse import judge as judge_by_code
from tasks.annotation.analysis.chains import Paired, is_right, paired, why
from tasks.annotation.analysis.sheets import Share, Sheet, as_markdown, sheet
from tasks.annotation.analysis.sources import gather
from tasks.annotation.analysis.turns import Searched
from tasks.evaluation.answers import answer_of_trajectory
from tasks.evaluation.judge import MAX_TOKENS, TEMPERATURE, judgement, vote, without_finish
from tasks.evaluation.questions import Decision, Question, read_reply
from tasks.storage.canonical import seed_of
from tests.bench.sandbox.accuracy import Place, model_name, place, searched
from tests.bench.sandbox.servers import kept_or_scratch

TREE, CHAIN = "DFS_woFilter_w2", "CoT@1"
SEED, FRESH = 1, 2
JUDGE, VOTES = "rehearsal-middle", 3
"""The stand-in judges by rules and errs as its skill says: 6 % of its verdicts are another one."""
AT_ONCE = 16


def main() -> None:
    """Measure every model that is asked for, and print its table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200, help="tasks")
    parser.add_argument("--skills", default="middle", help="comma list of strong, middle, weak")
    parser.add_argument("--stubborn", default="0,0.5,0.9", help="comma list of numbers between 0 and 1")
    parser.add_argument("--folder", type=Path, help="keep tasks and tables there")
    words = parser.parse_args()
    with kept_or_scratch(words.folder) as folder, place(folder, words.count) as here:
        os.environ["OPENAI_BASE_URL"] = here.environment["OPENAI_BASE_URL"]
        for skill in words.skills.split(","):
            for stubborn in words.stubborn.split(","):
                model = model_name(skill, float(stubborn))
                print(
                    f"\n### {model}, {words.count} tasks\n\n{as_markdown(compared(here, model))}", flush=True
                )


def compared(here: Place, model: str) -> list[Sheet]:
    """The split of a model's pairs, and how much ReACT differs from itself."""
    addresses = {
        "tree": searched(here, model, TREE, SEED),
        "same": searched(here, model, CHAIN, SEED),
        "fresh": searched(here, model, CHAIN, FRESH),
    }
    columns: dict[str, list[Paired]] = {}
    itself: list[tuple[str, Share, Share, Share]] = []
    for judge in ("code", "a model"):
        found = {name: _judged(address, here.tasks, judge) for name, address in addresses.items()}
        columns[f"replayed, judged by {judge}"] = paired(found["tree"], found["same"])
        columns[f"fresh, judged by {judge}"] = paired(found["tree"], found["fresh"])
        itself.append((f"judged by {judge}", *_differing(found["same"], found["fresh"])))
    noise = sheet(
        "itself",
        "ReACT against itself, another seed",
        ("", "right", "right with the other seed", "verdict differs"),
        itself,
        "Differences of this size between two methods are no difference between methods.",
    )
    return [why(columns), noise]


def _differing(ours: Sequence[Searched], theirs: Sequence[Searched]) -> tuple[Share, Share, Share]:
    other = {each.trajectory.instruction_id: is_right(each) for each in theirs}
    pairs = [(is_right(each), other[each.trajectory.instruction_id]) for each in ours]
    count = len(pairs)
    return (
        Share(sum(first for first, _ in pairs), count),
        Share(sum(second for _, second in pairs), count),
        Share(sum(first != second for first, second in pairs), count),
    )


def _judged(address: Path, tasks: Path, judge: str) -> list[Searched]:
    """The searches of a table with a verdict on each; what code cannot check is left out for both judges."""
    searches = gather([str(address)]).searches
    judge_by_code(searches, str(tasks), str(address))
    searches = [each for each in searches if each.known.correct is not None]
    if judge != "code":
        for each, passed in zip(searches, asyncio.run(_votes_on(searches, str(address))), strict=True):
            each.known.correct = passed
    return searches


async def _votes_on(searches: Sequence[Searched], candidate: str) -> list[bool]:
    """Whether a judge passes each answer, by the majority of its votes; the candidate decides their seeds."""
    gate = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(base_url=os.environ["OPENAI_BASE_URL"], timeout=60) as client:

        async def ask(question: Question, subject: dict[str, Any], seed: int) -> Decision:
            body = {
                "model": JUDGE,
                "messages": question.messages(subject),
                "response_format": question.response_format(),
                "seed": seed,
                "temperature": TEMPERATURE,
                "max_tokens": MAX_TOKENS,
            }
            async with gate:
                reply = await client.post("/chat/completions", content=orjson.dumps(body))
            reply.raise_for_status()
            return read_reply(question, reply.json()["choices"][0]["message"]["content"])

        async def passes(searched: Searched) -> bool:
            row = searched.trajectory
            answer = answer_of_trajectory(row)
            if without_finish(answer) is not None:
                return False
            seeds = [seed_of(SEED, "why", row.instruction_id, candidate, number) for number in range(VOTES)]
            votes = [await vote(row.text, answer, ask, seed) for seed in seeds]
            return judgement(votes, "repaired", (SEED, row.instruction_id, candidate)).verdict == "pass"

        return list(await asyncio.gather(*map(passes, searches)))


if __name__ == "__main__":
    main()
