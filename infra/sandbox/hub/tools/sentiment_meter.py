"""Sentiment Meter: how warm or cold English words sound."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.tool import Answer, Tool

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

tool = Tool(
    name="Sentiment Meter",
    category="Text Analysis",
    description="Judges the mood of reviews, posts and messages in English by a lexicon of rated expressions,"
    " emoticons and emoji, from -1 (bitter) to 1 (delighted).",
    packages=("vaderSentiment",),
    data_vintage="VADER lexicon, 2014 to 2020.",
    licence="MIT",
    collections=("community-moderation", "writing-desk"),
)

# Where Hutto and Gilbert, who made the lexicon, let a text stop being neutral.
NEUTRAL_BELOW = 0.05
SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")

REVIEW = "The staff were wonderful, but the soup was cold.\nWe will come back anyway!"
Message = Annotated[
    str, Text("English text, one or several lines; emoji count too.", examples=(REVIEW,), max_length=3000)
]


@lru_cache(maxsize=1)
def _analyser() -> "SentimentIntensityAnalyzer":
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def _compound(text: str) -> float:
    return float(round(_analyser().polarity_scores(text)["compound"], 4))


def _label(compound: float) -> str:
    return "neutral" if abs(compound) < NEUTRAL_BELOW else "positive" if compound > 0 else "negative"


@tool.post("/mood", "Sentiment Of Text")
def sentiment_of_text(text: Message) -> Answer:
    """Overall mood of a message, and which shares of it sound pleasant, unpleasant or neither."""
    scores = _analyser().polarity_scores(text)
    return {
        "compound": round(scores["compound"], 4),
        "label": _label(scores["compound"]),
        "positive": round(scores["pos"], 3),
        "neutral": round(scores["neu"], 3),
        "negative": round(scores["neg"], 3),
    }


@tool.post("/comparison", "Compare Sentiment")
def compare_sentiment(
    first: Annotated[str, Text("The one message.", examples=("The room was fine.",), max_length=2000)],
    second: Annotated[str, Text("The other message.", examples=("We LOVED the room 😍",), max_length=2000)],
) -> Answer:
    """Which of two messages sounds happier, with the mood of both and the gap between them."""
    one, other = _compound(first), _compound(second)
    return {
        "first": one,
        "second": other,
        "happier": "equal" if one == other else "first" if one > other else "second",
        "gap": round(abs(one - other), 4),
    }


@tool.post("/sentences", "Sentiment By Sentence")
def sentiment_by_sentence(text: Message) -> Answer:
    """The mood of each sentence in turn, the mean of all, and the one that sounds coldest."""
    sentences = [part.strip() for part in SENTENCE.findall(text) if re.search(r"\w", part)][:50]
    if not sentences:
        raise BadArgument("text", "must contain a sentence")
    scored = [{"sentence": sentence, "compound": _compound(sentence)} for sentence in sentences]
    moods = [_compound(sentence) for sentence in sentences]
    return {
        "sentences": scored,
        "mean": round(sum(moods) / len(moods), 4),
        "coldest": sentences[moods.index(min(moods))],
    }


@tool.get("/words/{word}", "Word Valence")
def word_valence(
    word: Annotated[
        str, Text("One expression or emoticon.", examples=("disaster", "lovely", ":-)"), max_length=30)
    ],
) -> Answer:
    """The rating people gave a single expression, from -4 (dreadful) to 4 (marvellous)."""
    rating = _analyser().lexicon.get(word.lower())
    if rating is None:
        raise NotFound(f"nobody has rated '{word}': it counts as neutral")
    return {"word": word.lower(), "valence": round(rating, 2)}
