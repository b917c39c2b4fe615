"""What could not be made becomes a row: stage, id, reason and evidence."""

from tasks.records import Reject

EVIDENCE_CHARACTERS = 2_000


def reject(stage: str, subject_id: str, reason: str, evidence: str) -> Reject:
    """A row for the `rejects` member; evidence is cut at 2,000 characters."""
    return Reject(stage, subject_id, reason, evidence[:EVIDENCE_CHARACTERS])
