"""What a search wants done, and what comes back: the whole contract between a search and its driver.

A search is a generator. It yields a tuple of effects, is sent a tuple of their outcomes in the same order,
and returns the finished tree. It holds no client, no clock and no random source, so one search can be driven
against a live model, a call log or a script, and always grows the same tree from the same outcomes.

    effects = next(search)
    while True:
        outcomes = tuple([... for effect in effects])      # Ask -> Reply, Act -> Observation
        effects = search.send(outcomes)                    # StopIteration.value is the DecisionTree
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from tasks.search.tree import DecisionTree

Message: TypeAlias = dict[str, Any]
"""A chat message in OpenAI's `tools` form; `messages.render` turns a list of them into another form."""

Schema: TypeAlias = dict[str, Any]
"""A function schema: name, description, parameters (JSON schema)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the model for its next reply."""

    messages: tuple[Message, ...]
    """System message first; a diversity message, where there is one, last. Never to be changed in place."""
    functions: tuple[Schema, ...]
    """Offered functions in their order, `Finish` last; the same object for a whole search. Empty for a
    question about the tree, which is answered in words."""
    instruction_id: str
    ordinal: int
    """How many times this very state (the messages without a diversity message) was asked before."""
    temperature: float | None = None
    """None: the server's default."""
    max_tokens: int | None = None
    """Longest reply [tokens]; None: the server's default."""
    parallel: bool = False
    """The reply may hold several calls: the search makes all of them."""


@dataclass(frozen=True, slots=True)
class Act:
    """Call an API that was offered; `Finish`, unknown names and unusable arguments never get here."""

    function: str
    """Name of an offered function, after matching what the model wrote to what was offered."""
    arguments: str
    """Argument text as the model sent it; `documented(api, arguments_of(text))` never raises on it."""
    instruction_id: str
    ordinal: int
    """How many times this very call (function, documented argument values) was made before in this search."""
    world: str = ""
    """What the path to this call has written so far (`worlds`); empty where it wrote nothing."""
    makes: str = ""
    """The world after a call that writes, empty for one that reads. A world is made once: a call that makes
    one again is not sent, and its outcome is the first one's."""


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """One call in a model's reply, as the model wrote it."""

    name: str
    arguments: str
    """Argument text, possibly no JSON at all."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered to an `Ask`."""

    content: str | None
    calls: tuple[FunctionCall, ...] = ()
    """In the model's order. Published presets use the first and drop the rest, as ToolBench does."""
    prompt_tokens: int = 0
    """Billed prompt tokens, cached ones included."""
    completion_tokens: int = 0
    failed: bool = False
    """No usable reply in spite of retries (context overflow, refusal of the server); `content` says why."""
    repairs: tuple[str, ...] = ()
    """What had to be guessed to read it, a short stable word each; empty for a well-formed reply."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What the model is shown of an API's answer to an `Act`."""

    text: str
    code: int
    """ToolBench's status code: 0 normal, 5 timeout, 6 not working, ... (`environment.observation`)."""


Effects: TypeAlias = tuple[Ask | Act, ...]
Outcomes: TypeAlias = tuple[Reply | Observation, ...]
Search: TypeAlias = "Generator[Effects, Outcomes, DecisionTree]"
