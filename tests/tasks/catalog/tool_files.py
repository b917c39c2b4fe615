"""Small files of ToolBench's tool documents."""

import json
from pathlib import Path


def write_tools(path: Path, *lines: dict | str) -> Path:
    path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines))
    return path


def a_tool(name: str, apis: int = 1) -> dict:
    api = {"description": "", "method": "GET", "required_parameters": [], "optional_parameters": []}
    entries = [{**api, "name": f"call {number}", "url": f"https://x.test/{number}"} for number in range(apis)]
    return {"category": "Weather", "tool_name": name, "tool_description": "", "api_list": entries}
