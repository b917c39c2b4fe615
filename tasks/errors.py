"""The error tree of the factory; a class says what happens next.

FactoryError
    TransientError        a retry can mend it
        RateLimited           the other side asked us to wait
        ApiUnreachable        no answer from an API or hub
        ModelOverloaded       no answer from the model's server
        StorageUnavailable    the object store did not answer
    RecordError           one row cannot be made: it goes to `rejects`, the shard goes on
    Drained               asked to end in order (cancelled, suspended, stopped); run again to continue
    BudgetExceeded        never retried by itself; raise the cap and run again
    ConfigurationError    a user's mistake: said in one sentence, before the first paid call
        AddressError          an address that cannot be read or written as asked
        FingerprintMismatch   other parameters at an address that holds work already
        IncompleteTable       a reader met a table with unfinished shards
    ShardsFailed          a stage ended with unfinished shards; run again to do only those

A failed API call and a give-up of the model are no errors: they are observations in a tree.
Messages end with what to do. `foundry` prints them without a traceback.
"""


class FactoryError(Exception):
    """Anything the factory says to its user in one sentence."""


class TransientError(FactoryError):
    """Something outside failed in a way that a retry can mend."""


class RateLimited(TransientError):
    """The other side asked to wait; `retry_after_s` says how long, None if it did not say."""

    def __init__(self, message: str, retry_after_s: float | None = None):
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ApiUnreachable(TransientError):
    """An API or a hub gave no answer."""


class ModelOverloaded(TransientError):
    """The server gave no usable answer; `maybe_billed` when a request was sent and nothing came back."""

    def __init__(self, message: str, maybe_billed: bool = False):
        super().__init__(message)
        self.maybe_billed = maybe_billed


class StorageUnavailable(TransientError):
    """The object store gave no answer."""


class RecordError(FactoryError):
    """One record cannot be made; `reason` is a short stable word for counting, the message is evidence."""

    def __init__(self, reason: str, evidence: str):
        super().__init__(f"{reason}: {evidence}")
        self.reason = reason
        self.evidence = evidence


class Drained(FactoryError):
    """Asked to end; `maybe_billed` when a request was in the air and its answer was not waited for."""

    def __init__(self, message: str, maybe_billed: bool = False):
        super().__init__(message)
        self.maybe_billed = maybe_billed


class BudgetExceeded(FactoryError):
    """The next call cannot fit under a spending cap even with nothing in flight."""


class ConfigurationError(FactoryError):
    """Wrong parameters, a missing key, an unknown name: the user can mend it."""


class AddressError(ConfigurationError):
    """An address that is malformed, absent, or not a table of the expected kind."""


class FingerprintMismatch(ConfigurationError):
    """The address holds work made with other inputs or parameters."""


class IncompleteTable(ConfigurationError):
    """A table has planned shards that are not finished."""


class ShardsFailed(FactoryError):
    """A stage ended with shards that are not finished."""
