"""Small trajectories and conversations for the tests of this room."""

import json
from dataclasses import replace
from typing import Any

from tasks.records import Trajectory
from tasks.training.samples import sample_of
from tasks.training.tokenizer import Conversation, conversation

SUNRISE = {
    "name": "sunrise_for_almanac",
    "description": "When the sun rises",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "City name"}},
        "required": ["city"],
    },
}
FINISH = {
    "name": "Finish",
    "description": "Give the answer",
    "parameters": {
        "type": "object",
        "properties": {
            "return_type": {"type": "string", "enum": ["give_answer", "give_up_and_restart"]},
            "final_answer": {"type": "string"},
        },
        "required": ["return_type"],
    },
}


def call(name: str, arguments: str, call_id: str, content: str | None = None) -> dict[str, Any]:
    return {
        "role": "assistant",
        "content": content,
        "tool_calls": [
            {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
        ],
    }


def observation(call_id: str, content: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def answer(text: str, call_id: str = "c9") -> dict[str, Any]:
    return call("Finish", json.dumps({"return_type": "give_answer", "final_answer": text}), call_id)


def solved_path(city: str = "Lima", time: str = "06:12") -> list[dict[str, Any]]:
    return [
        {"role": "system", "content": "You use functions."},
        {"role": "user", "content": f"\nWhen does the sun rise in {city}?\nBegin!\n"},
        call("sunrise_for_almanac", json.dumps({"city": city}, indent=2), "c1", "I look it up."),
        observation("c1", json.dumps({"error": "", "response": json.dumps({"sunrise": time})})),
        answer(f"In {city} the sun rises at {time}."),
    ]


def trajectory(messages: list[dict[str, Any]] | None = None, **changes: Any) -> Trajectory:
    solved = Trajectory(
        trajectory_id="i1/DFS_woFilter_w2",
        instruction_id="i1",
        source_id="",
        group="I1",
        split="train",
        method="DFS_woFilter_w2",
        teacher="rehearsal-strong",
        teacher_kind="rehearsal",
        environment="live",
        snapshot="",
        text="When does the sun rise?",
        win=True,
        finish_type="give_answer",
        final_answer="In Lima the sun rises at 06:12.",
        query_count=2,
        api_calls=1,
        prompt_tokens=100,
        completion_tokens=20,
        tree="[]",
        messages=json.dumps(solved_path() if messages is None else messages),
        functions=json.dumps([SUNRISE, FINISH]),
        api_ids=("hub/almanac/sunrise",),
    )
    return replace(solved, **changes)


CITIES = ("Lima", "Oslo", "Quito", "Cairo", "Perth", "Delhi", "Turin", "Accra")


def trajectories(count: int, test_every: int = 5) -> list[Trajectory]:
    """Solved paths that differ in city and time; every fifth is held out."""
    return [
        trajectory(
            solved_path(CITIES[number % len(CITIES)], f"{number % 10:02d}:{number % 60:02d}"),
            trajectory_id=f"i{number:04d}/DFS_woFilter_w2",
            instruction_id=f"i{number:04d}",
            split="test" if number % test_every == 0 else "train",
        )
        for number in range(count)
    ]


def conversations(count: int) -> list[Conversation]:
    samples = [sample_of(each) for each in trajectories(count)]
    return [conversation(each.messages, each.tools) for each in samples]  # type: ignore[union-attr]
