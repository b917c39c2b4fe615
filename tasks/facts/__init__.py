"""Expected facts and their check: what a right answer has to tell, and whether one tells it (pure)."""

from tasks.facts.judging import Finding, Judgement, judge

__all__ = ["Finding", "Judgement", "judge"]
