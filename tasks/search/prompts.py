"""What the planner is told: who it is, what it may use, what was asked, and what was tried before.

The structure is ToolLLM's (arXiv:2307.16789, appendix A.8); the words are ours. `VERSION` is part of the
fingerprint of every table made with them: change a word, raise it.
"""

from collections.abc import Iterable, Sequence

import orjson

from tasks.records import Api
from tasks.search.effects import Message

VERSION = "1"
TOOL_DESCRIPTION_CHARS = 512

_PERSONA = """\
You solve tasks by calling functions. The task is described below, then you begin.
In every step, write down briefly what you know now and what is missing, and call one function. You are \
given its result, which puts you into a new state; look at it and decide on the next step. After as many \
steps as needed you end with the final answer.
Keep in mind:
1. A step cannot be taken back. When the way you took leads nowhere, give up and restart.
2. Thoughts are short: five sentences at most.
3. You may try more than once: where several conditions are worth trying, try one of them in each step.
"""

_TASK = """\
Task: answer the user with the help of the functions, whose results are live.
1. The last thing you do is always to call Finish. Its final answer must hold all that the user asked for, \
since nothing else is shown. If the task cannot be done, or the functions keep failing, call Finish with \
give_up_and_restart.
2. Call functions by the names you are given; the names of tools below are no functions.
The tools behind the functions:
"""

_DIVERSITY = """\
You have been in this state before, and every attempt from here has failed. These were the calls made from \
here, with their results:
{attempts}
Do something now that differs from each of them. You are in the middle of a task: look at the state and at \
what is still possible, then take the next step.
"""


def opening(text: str, apis: Sequence[Api]) -> tuple[Message, Message]:
    """System and user message that begin every path of an instruction."""
    tools = dict.fromkeys((api.tool_standard_name, api.tool_description) for api in apis)
    listed = "".join(f"{k}.{name}: {_line(description)}\n" for k, (name, description) in enumerate(tools, 1))
    return (
        {"role": "system", "content": f"{_PERSONA}\n{_TASK}{listed}"},
        {"role": "user", "content": f"\n{text}\nBegin!\n"},
    )


def diversity(attempts: Iterable[tuple[str, str, str]], observation: str) -> Message | None:
    """The passing user message that lists what was tried from a state; None where nothing was.

    Args:
        attempts: function, arguments and observation of the first call below each earlier child.
        observation: of the state itself; empty where it has none.
    """
    tried = [
        {
            "name": name,
            "arguments": arguments,
            "function_output": output,
            "mento-carlo-action-value": 0.0,
        }
        for name, arguments, output in attempts
    ]
    if not tried:
        return None
    listed = orjson.dumps(tried, option=orjson.OPT_INDENT_2).decode() + "\n"
    if observation:
        listed += f"And once more the result that led into this state: {observation}\n"
    return {"role": "user", "content": _DIVERSITY.replace("{attempts}", listed)}


def _line(description: str) -> str:
    return description[:TOOL_DESCRIPTION_CHARS].replace("\n", "") or "None"
