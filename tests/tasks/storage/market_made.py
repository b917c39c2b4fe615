"""A small journey with every member in it, made by hand: three tools, one of which is to be retired."""

from dataclasses import replace
from typing import Any

from tasks.records import (
    Api,
    Call,
    Checkpoint,
    Collection,
    Combination,
    Instruction,
    Pair,
    Probe,
    Reject,
    Result,
    Spend,
    Tool,
    TrainingSample,
    Trajectory,
)
from tasks.storage.table import Table
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.tables_made import a_table

SUN, MOON, SUN2 = "hub/sun", "hub/moon", "hub/sun-2"
ASKED = {
    "i-sun": ("I1", (f"{SUN}/rise", f"{SUN}/set")),
    "i-moon": ("I1", (f"{MOON}/rise",)),
    "i-both": ("I2", (f"{MOON}/rise", f"{SUN}/set")),
    "i-sun2": ("I1", (f"{SUN2}/rise",)),
}
"""Instruction to its group and APIs."""


def tool(tool_id: str, name: str) -> Tool:
    slug = tool_id.partition("/")[2]
    return Tool(tool_id, "hub", name, slug, "Sky", f"About {name}", f"http://127.0.0.1/{slug}", "FREE", 2)


def api(tool_id: str, name: str) -> Api:
    slug = tool_id.partition("/")[2]
    return Api(
        f"{tool_id}/{name}", tool_id, "hub", "Sky", slug, slug, "", name, name, "", "GET",
        f"http://127.0.0.1/{slug}/{name}", (),
    )  # fmt: skip


APIS = [api(SUN, "rise"), api(SUN, "set"), api(MOON, "rise"), api(SUN2, "rise")]


def a_call(stage: str, subject: str, kind: Any, target: str, tokens: int = 0) -> Call:
    return Call(stage, 0, subject, kind, target, 0, "key", "ok", 0.1, tokens, 0, 0, 1, 10 * tokens, False)


def spent(stage: str, calls: list[Call]) -> Spend:
    billed = [call for call in calls if call.kind == "model"]
    sums = [sum(getattr(call, name) for call in billed) for name in ("uncached_tokens", "cost_nano_usd")]
    return Spend("r", stage, 0, "m", len(billed), sums[0], 0, 0, len(billed), sums[1])


def published(address: str, stage: str, inputs: dict[str, str], *shards: Any, **changed: Any) -> str:
    parameters = {"model": "m", "writes": address, **inputs, **changed.pop("parameters", {})}
    decides = {"model": "m", **{f"input {name}": place for name, place in inputs.items()}}
    decides |= changed.pop("decides", {})
    table = a_table(
        address, len(shards), stage=stage, inputs=inputs, parameters=parameters, decides=decides, **changed
    )
    for number, members in enumerate(shards):
        writer = table.shard(number)
        if not writer.finished:
            writer.publish(members, finished=True)
    return table.address


LOCATION = "http://127.0.0.1:1"


def catalogue(root: str, version: str = "v1", location: str = LOCATION, **decides: str) -> str:
    return published(
        f"{root}/catalog/{version}", "crawl", {},
        {
            "tools": (Tool, [tool(SUN, "Sun"), tool(MOON, "Moon")]),
            "apis": (Api, APIS[:3]),
            "collections": (
                Collection,
                [
                    Collection("hub/sky", "hub", "Sky", "", (SUN, MOON)),
                    Collection("hub/day", "hub", "Day", "", (SUN,)),
                ],
            ),
            "probes": (Probe, [Probe(each.api_id, 0, "{}", 200, 0.1, "ok", "") for each in APIS[:3]]),
            "rejects": (
                Reject,
                [
                    Reject("crawl", f"{SUN}/noon", "slow", "took 9 s"),
                    Reject("crawl", f"{MOON}/noon", "slow", "took 9 s"),
                ],
            ),
        },
        {"tools": (Tool, [tool(SUN2, "Sun")]), "apis": (Api, APIS[3:])},
        run_id=f"crawl-{version}",
        parameters={"source": "hub", "location": location},
        decides=decides,
        plan=({"tools": [["sun", SUN], ["moon", MOON]]}, {"tools": [["sun-2", SUN2]]}),
    )  # fmt: skip


def origin(api_ids: tuple[str, ...]) -> str:
    """The tool of the first API."""
    return api_ids[0].rpartition("/")[0]


def instructions(root: str, catalog: str) -> str:
    def rows(*names: str) -> dict[str, Any]:
        made = [
            Instruction(name, ASKED[name][0], f"Ask {name}", ASKED[name][1], ASKED[name][1][:1], f"c-{name}",
                        "train", "m", "rehearsal")  # type: ignore[arg-type]
            for name in names
        ]  # fmt: skip
        calls = [
            a_call("instruct", f"c-{name}", "model", "m", 100 + place) for place, name in enumerate(names)
        ]
        return {
            "instructions": (Instruction, made),
            "combinations": (
                Combination,
                [
                    Combination(
                        f"c-{each.instruction_id}",
                        each.group,
                        each.api_ids[0].rpartition("/")[0],
                        each.api_ids,
                        0,
                    )
                    for each in made
                ],
            ),
            "calls": (Call, calls),
            "spend": (Spend, [spent("instruct", calls)]),
            "rejects": (Reject, [Reject("instruct", f"c-{name}/1", "too_short", "no") for name in names]),
        }

    return published(
        f"{root}/instructions/v1", "instruct", {"catalog": catalog}, rows("i-sun", "i-moon"),
        rows("i-both", "i-sun2"),
    )  # fmt: skip


def trajectories(root: str, instructed: str, said: str = "") -> str:
    """One tree an instruction; that of `i-sun2` says something in its answer."""

    def tree(name: str) -> Trajectory:
        return a_trajectory(
            1, trajectory_id=f"{name}/DFS", instruction_id=name, api_ids=ASKED[name][1], method="DFS",
            text=f"Ask {name}", final_answer=said if name == "i-sun2" else "at six",
        )  # fmt: skip

    calls = [a_call("annotate", name, "model", "m", 50) for name in ASKED]
    calls += [a_call("annotate", name, "api", api_ids[-1]) for name, (_, api_ids) in ASKED.items()]
    return published(
        f"{root}/trajectories/v1", "annotate", {"instructions": instructed},
        {
            "trajectories": (Trajectory, [tree(name) for name in ASKED]),
            "rejects": (Reject, []),
            "calls": (Call, calls),
            "spend": (Spend, [spent("annotate", calls)]),
        },
        parameters={"allow_writes": f"{MOON},{SUN}"},
    )  # fmt: skip


def samples(root: str, searched: str, instructed: str, version: str = "v1") -> str:
    made = [
        TrainingSample(tree, tree, name, "I1", "train", "[]", "[]", 1, "m", "rehearsal", "live")
        for name, tree in ((name, f"{name}/DFS") for name in ASKED)
    ]
    unknown = Reject("assemble", "i-sun", "unknown_api", f"{SUN}/x")
    paired = [
        Pair(f"{name}/{each}", name, "I1", "train", f"Ask {name}", each, "text", True, "rehearsal")
        for name, (_, api_ids) in ASKED.items()
        for each in api_ids
    ]
    return published(
        f"{root}/samples/{version}", "assemble", {"trajectories": searched, "instructions": instructed},
        {"samples": (TrainingSample, made), "rejects": (Reject, [])},
        {"pairs": (Pair, paired), "rejects": (Reject, [unknown])},
    )  # fmt: skip


def journey(root: str, said: str = "", location: str = LOCATION) -> dict[str, str]:
    """Addresses of the tables, by name."""
    made = {"catalog": catalogue(root, location=location)}
    made["instructions"] = instructions(root, made["catalog"])
    made["trajectories"] = trajectories(root, made["instructions"], said)
    made["samples"] = samples(root, made["trajectories"], made["instructions"])
    row = Checkpoint(
        "c", "student", "scratch", "model", 1, 1, 1, 2.0, 1.0, 1, "{}", "{}", "rehearsal", "live"
    )
    made["student"] = published(
        f"{root}/student/v1", "finetune", {"samples": made["samples"]}, {"checkpoints": (Checkpoint, [row])}
    )
    verdict = Result(
        "i-sun", "I1", "student", "m", "DFS", "rule", "m", "rehearsal", "pass", "[]", "", None, 1,
        "rehearsal", "live",
    )  # fmt: skip
    made["results"] = published(
        f"{root}/results/v1", "tooleval",
        {name: made[name] for name in ("instructions", "trajectories", "student")},
        {"results": (Result, [verdict, replace(verdict, candidate="teacher")])},
    )  # fmt: skip
    return made


def ids(address: str, record: type[Any], member: str, column: str) -> list[str]:
    return [getattr(row, column) for row in Table.open(address).records(record, member)]
