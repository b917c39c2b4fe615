from infra.local.lock import constraints


def test_constraints_suit_any_machine() -> None:
    frozen = (
        "torch==2.13.0+cpu\nnvidia-cublas==13.1\ntriton==3.5.0\nprefect==3.8.8\n"
        "# Editable Git install with no remote (toolfoundry==0.1.0)\n-e /somewhere/toolfoundry\n"
        "other @ https://example.com/other.whl\n"
    )
    assert constraints(frozen).splitlines()[1:] == ["torch==2.13.0", "prefect==3.8.8"]
