-- The spend ledger has a database of its own: Prefect's may be thrown away, what was paid may not.
CREATE DATABASE ledger;
