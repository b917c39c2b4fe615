"""Trial calls of APIs that cost money: reserved, booked and capped like any other call."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.environment.protocol import ApiAnswer, Environment
from tasks.llm.accounts import CallKey
from tasks.llm.fees import Fee
from tasks.llm.ledger import open_ledger
from tasks.llm.reserving import paid_for
from tasks.records import Api
from tasks.storage.canonical import digest
from tasks.storage.table import Table


class PaidCalls:
    """Calls of one API that cost a fee each, those that were refused for their pace included."""

    def __init__(self, environment: Environment, fee: Fee, table: Table, shard: int):
        """Open the books.

        Args:
            environment: makes the calls.
            fee: of the API that is called.
            table: the crawl's; its run is booked.
            shard: which part of it.
        """
        self._environment, self._fee, self._table, self._shard = environment, fee, table, shard
        self._ledger = open_ledger()
        self._asked: Counter[str] = Counter()

    async def call(self, api: Api, arguments: Mapping[str, Any], session: str = "") -> ApiAnswer:
        """As the environment, once the fee is reserved.

        Raises:
            BudgetExceeded: it cannot fit under a cap with nothing in flight. ApiUnreachable: as the
                environment; nothing is booked.
        """
        request = digest([api.api_id, arguments])
        run, stage, ordinal = self._table.manifest.run_id, self._table.manifest.stage, self._asked[request]
        self._asked[request] += 1
        key = CallKey(
            run, stage, self._shard, self._table.address, api.api_id, api.api_id, request, ordinal, kind="api"
        )
        answer, _ = await paid_for(
            self._ledger, key, self._fee, lambda: self._environment.call(api, arguments, session)
        )
        return answer

    async def forget(self, apis: Sequence[Api], session: str) -> None:
        """As the environment; what only cleans up is not billed."""
        await self._environment.forget(apis, session)
