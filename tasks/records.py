"""Every record of the journey, in its order: from a marketplace's collection to a verdict.

Records are values: frozen, without methods that do work. Their Arrow schemas stand in `tables.py`; a field
here is one column there. Trees, messages and arguments are kept as JSON text, so that Parquet adds no null
keys to them.
"""

from dataclasses import dataclass
from typing import Literal

Group = Literal["I1", "I2", "I3"]
"""I1 single tool, I2 several tools of a category, I3 of a collection; ToolBench's files say G1, G2, G3."""

TeacherKind = Literal["model", "rehearsal"]
"""Whether a language model or the sandbox's rule-made stand-in wrote the row."""

FinishType = Literal["give_answer", "give_up"]
NodeKind = Literal["root", "thought", "action", "action_input"]
Split = Literal["train", "test"]


@dataclass(frozen=True, slots=True)
class Collection:
    """A set of tools that a marketplace groups across categories (ToolLLM §2.1)."""

    collection_id: str
    """`<source>/<slug>`."""
    source: str
    name: str
    description: str
    tool_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """A set of APIs under one name, in one category."""

    tool_id: str
    """`<source>/<tool slug>`, stable between crawls."""
    source: str
    name: str
    """As the marketplace spells it."""
    standard_name: str
    """ToolBench's standardised name, used in function names and proxy calls."""
    category: str
    description: str
    base_url: str
    pricing: str
    """FREE, FREEMIUM, PAID as the marketplace says; empty where it does not."""
    api_count: int
    """APIs in the documentation, kept or not."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One documented argument of an API."""

    name: str
    """Standardised name, as models see it."""
    original_name: str
    """Name sent over the wire."""
    place: Literal["path", "query", "header", "body"]
    type: str
    """As documented: STRING, NUMBER, BOOLEAN, ENUM, DATE (YYYY-MM-DD) ..."""
    required: bool
    description: str = ""
    enum: tuple[str, ...] = ()
    default: str | None = None
    """As text; None where the documentation gives none."""
    example: str | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Api:
    """One endpoint of a tool, with what is needed to offer it to a model and to call it."""

    api_id: str
    """`<tool_id>/<API slug>`, stable between crawls."""
    tool_id: str
    source: str
    category: str
    """Category of the tool, in ToolBench's standard spelling."""
    tool_name: str
    tool_standard_name: str
    """ToolBench's standardised name of the tool: ends the function name models see."""
    tool_description: str
    name: str
    """As the marketplace spells it."""
    standard_name: str
    """ToolBench's standardised name."""
    description: str
    method: str
    url: str
    """Absolute, path parameters in braces."""
    parameters: tuple[Parameter, ...]
    example_response: str | None = None
    """One answer or its schema as JSON text; None where none is documented."""
    writes: bool | None = None
    """Whether a call changes something, as far as the source says; None: it does not, and the method decides
    (`search.writing`). True also where the source documents no method."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One trial call of an API during the crawl, and what it showed."""

    api_id: str
    attempt: int
    arguments: str
    """JSON object sent."""
    status_code: int | None
    """HTTP status; None when there was no answer."""
    latency_s: float
    verdict: str
    """`ok`, or what speaks against the API: not_found, server_error, html, error_message, slow, empty ..."""
    evidence: str
    """Start of the answer, at most 500 characters, keys removed."""


@dataclass(frozen=True, slots=True)
class Combination:
    """APIs sampled together before an instruction is written for them (ToolLLM §2.2)."""

    combination_id: str
    group: Group
    origin: str
    """The tool (I1), category (I2) or collection (I3) it was drawn from."""
    api_ids: tuple[str, ...]
    ordinal: int
    """How often the same APIs had been drawn in this order before."""


@dataclass(frozen=True, slots=True)
class ExpectedFact:
    """A value that a right answer must contain, with how exactly it must be met."""

    path: str
    """Where in the chain of calls it comes from, e.g. `1.sunrise`."""
    value: str
    """JSON text of the value."""
    kind: Literal["number", "text", "date", "time", "datetime", "boolean", "list", "state"]
    """`state`: the value is the whole document of a tool that writes, at the end of the instruction."""
    tolerance: float = 0.0
    """Relative for numbers, seconds for times, else 0."""
    unit: str = ""
    """Short name of a number's unit, such as km, celsius or EUR; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """What a user asks, with the APIs offered and those that were written for."""

    instruction_id: str
    """16 hex of blake2b over group, sorted api_ids and text."""
    group: Group
    text: str
    api_ids: tuple[str, ...]
    """Offered to the model, in the order offered."""
    relevant_api_ids: tuple[str, ...]
    """Subset of `api_ids`."""
    combination_id: str
    split: Split
    teacher: str
    teacher_kind: TeacherKind
    expected_facts: tuple[ExpectedFact, ...] = ()
    solvable: bool | None = None
    """None: nobody has said."""
    unsolvable_reason: str = ""
    source_id: str = ""
    """Id in an imported file; names exported files."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a decision tree; ToolBench counts depth in these (facts: up to three a reply)."""

    node_id: int
    """Position in pre-order of creation; 0 is the root."""
    parent_id: int
    """-1 for the root."""
    kind: NodeKind
    depth: int
    description: str
    """Thought text, function name, or argument text as the model sent it."""
    observation: str = ""
    """Observation shown to the model; empty but for action inputs."""
    observation_code: int = 0
    """ToolBench's status code of the observation (0 normal, 1 hallucinated name, 3 answer, 4 give-up ...)."""
    pruned: bool = False
    terminal: bool = False
    """An answer was given here."""
    ask: int = -1
    """Ordinal of the model reply that made it; -1 for the root."""
    chosen: bool = False
    """Of several answers the one that is kept; nowhere true where the first answer is (`search.kept`)."""
    score: float | None = None
    """What the model thought of the path to here, in the method's own measure; None: it was not asked."""
    prompt_tokens: int = 0
    """Billed for the reply that made it, cached ones included; at the reply's first node, 0 at the others."""
    completion_tokens: int = 0
    """Billed for the reply that made it; at the reply's first node, 0 at the others."""
    repeats: int = -1
    """Node whose call this is again: it writes, and was not made twice (`search.worlds`); -1: its own."""


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One instruction annotated: the whole decision tree and the path that is kept."""

    trajectory_id: str
    """`<instruction_id>/<method>`."""
    instruction_id: str
    source_id: str
    group: Group
    split: Split
    method: str
    teacher: str
    teacher_kind: TeacherKind
    environment: str
    """Where API answers came from: live, proxy, replay ..."""
    snapshot: str
    """Id of the snapshot for replay; empty otherwise."""
    text: str
    """The instruction, so that the table reads alone."""
    win: bool
    """A final answer was given; whether it is right is for evaluation."""
    finish_type: FinishType | None
    """None: neither answered nor gave up inside the limits."""
    final_answer: str
    """Text of the answer; empty without one."""
    query_count: int
    """Model replies used."""
    api_calls: int
    prompt_tokens: int
    """Billed prompt tokens, cached ones included."""
    completion_tokens: int
    tree: str
    """JSON list of `Node`."""
    messages: str
    """JSON list: the kept path as chat messages, system first; empty list when nothing is kept."""
    functions: str
    """JSON list: function schemas offered, `Finish` last."""
    api_ids: tuple[str, ...]
    """APIs behind `functions`, same order, without Finish."""
    opening: str = "[]"
    """JSON list: system and user message that begin every path of the tree, kept or not."""
    end_state: str = ""
    """JSON object: tool slug to the document it kept for this instruction when the search ended; fetched only
    where a fact is about it, else empty."""
    repairs: str = "{}"
    """JSON object: what was mended in the model's replies before they were followed, with how often."""


@dataclass(frozen=True, slots=True)
class Call:
    """One model or API call that was made for a row of this table."""

    stage: str
    shard: int
    subject_id: str
    """Instruction, combination or API the call was made for."""
    kind: Literal["model", "api"]
    target: str
    """Model name or api_id."""
    ordinal: int
    """n-th asking of the same request within the subject."""
    request_key: str
    """blake2b of the canonical request."""
    status: str
    """`ok` or a short reason."""
    latency_s: float
    uncached_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    output_tokens: int
    cost_nano_usd: int
    replayed: bool
    """Taken from the call log after a restart: nothing was paid again."""


@dataclass(frozen=True, slots=True)
class Spend:
    """What a shard's generation cost, one row a model; equals the sum of its settled calls."""

    run_id: str
    stage: str
    shard: int
    model: str
    calls: int
    uncached_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    output_tokens: int
    cost_nano_usd: int


@dataclass(frozen=True, slots=True)
class Reject:
    """Something that could not be made, and why: failures are rows."""

    stage: str
    subject_id: str
    reason: str
    """Short stable word for counting."""
    evidence: str
    """At most 2,000 characters."""


@dataclass(frozen=True, slots=True)
class TrainingSample:
    """A conversation with its tool schemas; loss falls on assistant turns."""

    sample_id: str
    trajectory_id: str
    instruction_id: str
    group: Group
    split: Split
    messages: str
    """JSON list of chat messages."""
    tools: str
    """JSON list of `{"type": "function", "function": {...}}`."""
    assistant_turns: int
    teacher: str
    teacher_kind: TeacherKind
    environment: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A query and one API that is relevant to it, or a document of the corpus only (empty query)."""

    pair_id: str
    instruction_id: str
    group: Group
    split: Split
    query: str
    api_id: str
    document: str
    """Text of the API as the retriever encodes it."""
    relevant: bool
    """False for APIs that were offered but not written for: part of the corpus, no positive."""
    teacher_kind: TeacherKind


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A trained model: its files are committed beside this row."""

    checkpoint_id: str
    kind: Literal["student", "retriever"]
    base: str
    """What it started from; `scratch` for a new model."""
    folder: str
    """Member of the table that holds the model's files."""
    parameters: int
    steps: int
    samples: int
    first_loss: float
    last_loss: float
    world_size: int
    settings: str
    """JSON object: optimizer, ZeRO stage, batch, learning rate, lengths."""
    metrics: str
    """JSON object of held-out figures."""
    teacher_kind: TeacherKind
    environment: str


@dataclass(frozen=True, slots=True)
class Result:
    """One verdict on one answer."""

    instruction_id: str
    group: Group
    candidate: str
    """`student`, `teacher` or another name of who answered."""
    candidate_model: str
    method: str
    rule: str
    """Which evaluation rule gave the verdict, with its version."""
    judge: str
    judge_kind: TeacherKind
    verdict: Literal["pass", "fail", "unsure"]
    votes: str
    """JSON list, one object a vote: answer status, task status, label, reason."""
    answer: str
    finish_type: FinishType | None
    query_count: int
    teacher_kind: TeacherKind
    environment: str
