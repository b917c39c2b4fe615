"""One rehearsal as a page of text."""

from tests.bench.rehearsal.journey import Measured

FACTORY = (
    *("shards", "parents, assemble", "workers of shards", "workers of parents"),
    *("Prefect server", "reconciler", "PostgreSQL", "Redis"),
)
"""What the factory costs; hub, teacher and S3 server stand for the outside world."""


def factory_cpu_s(found: Measured) -> float:
    """CPU seconds of the factory's own processes."""
    return sum(used.cpu_s for name, used in found.watched.usage.items() if name in FACTORY)


def sheet(found: Measured, told: str) -> str:
    """Markdown."""
    seen, each, calls = found.watched, found.instructions, found.model_calls
    rows = found.prefect_rows
    lines = [
        f"## {told}",
        f"{each:,} instructions in {found.shards} shards: {found.wall_s:,.0f} s from the first flow run to "
        f"the last sample ({found.annotate_s:,.0f} s annotate, {found.assemble_s:,.0f} s assemble), "
        f"{found.samples:,} samples.",
        f"Throughput {each / found.wall_s:.2f} instructions/s, {calls / found.annotate_s:.1f} model calls/s, "
        f"{found.api_calls / found.annotate_s:.1f} API calls/s; {calls / each:.2f} model calls and "
        f"{found.api_calls / each:.2f} API calls an instruction; a reply took {found.reply_s:.2f} s.",
        f"Tokens {found.prompt_tokens / each:,.0f} in, {found.output_tokens / each:,.0f} out an instruction; "
        f"{found.cost_usd:.2f} USD at the pretended price; tables {found.table_mib:.1f} MiB.",
        f"The factory's own cost: {1000 * factory_cpu_s(found) / each:.1f} CPU s per 1,000 instructions.",
        f"Machine: load {seen.mean_load:.1f} in the mean, {max(seen.load, default=0.0):.1f} at most; "
        f"{seen.idle_share:.0%} of the CPU idle, {seen.others_cpu_s:,.0f} CPU s used by others.",
        "",
        "| kind | CPU s | peak RSS MiB, all | of the largest | processes |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {used.cpu_s:,.1f} | {used.peak_mib:,.0f} | {used.peak_each_mib:,.0f} | {used.most} |"
            for name, used in seen.usage.items()
        ),
        "",
        f"Prefect database {found.prefect_mib['before']:.2f} MiB before, {found.prefect_mib['after']:.2f} "
        "MiB after; rows added: " + ", ".join(f"{count:,} {table}" for table, count in rows.items()),
        f"Executed and recorded: {found.executed['flow_run']} and {rows['flow_run']} flow runs, "
        f"{found.executed['task_run']} and {rows['task_run']} task runs "
        f"({found.shards} of those link a shard to its parent); "
        f"{found.dropped} messages dropped by the server.",
    ]
    if found.requests:
        lines.append(
            "S3 requests: " + ", ".join(f"{n:,} {kind}" for kind, n in sorted(found.requests.items()))
        )
    return "\n".join(lines)
