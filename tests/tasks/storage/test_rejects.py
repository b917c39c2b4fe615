from tasks.records import Reject
from tasks.storage.rejects import EVIDENCE_CHARACTERS, reject


def test_evidence_is_cut() -> None:
    found = reject("crawl", "hub/sun/rise", "empty", "y" * 9999)
    assert found == Reject("crawl", "hub/sun/rise", "empty", "y" * EVIDENCE_CHARACTERS)
