"""A tasks file made by hand."""

import json
from pathlib import Path
from typing import Any

TOOL = {
    "slug": "sun-times",
    "name": "Sun Times",
    "category": "Weather",
    "description": "When the Sun rises.",
    "base_path": "/api/sun-times",
}
DAY_LENGTH = {
    "slug": "day-length",
    "name": "Day Length",
    "description": "Hours of light.",
    "method": "GET",
    "path": "/sun/{latitude}",
    "parameters": [
        {"name": "latitude", "place": "path", "type": "NUMBER", "required": True, "example": 59.3},
    ],
    "example_response": {"hours": 6.1},
}
SUNRISE = {**DAY_LENGTH, "slug": "sunrise", "name": "Sunrise", "path": "/sunrise"}


def offered(api: dict[str, Any], **tool: Any) -> dict[str, Any]:
    return {"tool": {**TOOL, **tool}, "api": api}


def line(name: str = "s1-000001", **fields: Any) -> dict[str, Any]:
    return {
        "id": name,
        "group": "I1",
        "instruction": "How long is the day at latitude 59.3?",
        "hub": "http://127.0.0.1:9",
        "apis": [offered(SUNRISE), offered(DAY_LENGTH)],
        "relevant": ["sun-times/day-length", "moon/phase"],
        "calls": [{"api": "sun-times/day-length", "arguments": {"latitude": 59.3}}],
        "edges": 0,
        "facts": [{"path": "0.hours", "value": 6.1, "kind": "number", "tolerance": 0.01, "unit": "hours"}],
        "solvable": True,
        "why": "",
        **fields,
    }


def written(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "tasks.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    return path
