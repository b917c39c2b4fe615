"""Watch what is spent: over time, by stage, model and shard, against the caps, for every accepted row.

Reads the ledger and the `spend` members of tables, writes nothing, asks nobody beyond this machine. `make
dashboard` serves it on loopback; so does

marimo run notebooks/spend.py --host 127.0.0.1 [-- --ledger PLACE] [--root FOLDER]
"""

import marimo

app = marimo.App(width="full", app_title="Spend")


@app.cell
def _():
    from datetime import UTC, datetime, timedelta
    from pathlib import Path

    import marimo as mo
    import pyarrow as pa

    from tasks.errors import FactoryError
    from tasks.llm.spending import charts, figures, links, sheets, tables
    from tasks.llm.spending.calls import LATER_GROUPS, merged, watched_ledger
    from tasks.llm.spending.prices import saving_by_cache
    from tasks.storage.addresses import root

    return (
        FactoryError,
        LATER_GROUPS,
        Path,
        UTC,
        charts,
        datetime,
        figures,
        links,
        merged,
        mo,
        pa,
        root,
        saving_by_cache,
        sheets,
        tables,
        timedelta,
        watched_ledger,
    )


@app.cell
def _(FactoryError, Path, mo, root, watched_ledger):
    _named = mo.cli_args().get("ledger")
    try:
        ledger = watched_ledger(str(_named) if _named else None)
        place = str(mo.cli_args().get("root") or root())
    except FactoryError as error:
        mo.stop(True, mo.md(f"**{error}**"))
    saving = {}
    remembered = {}
    offered, offer = mo.state({})
    refresh = mo.ui.refresh(options=["10s", "1m", "10m"], default_interval="1m", label="Read again every")
    mo.hstack([mo.md("## Spend"), refresh], wrap=True, align="center")
    return ledger, offer, offered, place, refresh, remembered, saving


@app.cell
def _(FactoryError, UTC, datetime, figures, ledger, mo, refresh, sheets):
    # Sums that the ledger keeps for its caps: here at once, however many calls there are.
    refresh
    now = datetime.now(UTC)
    try:
        scopes = ledger.scopes()
        in_tokens = ledger.scopes("tokens")
        factors = ledger.factors()
    except FactoryError as error:
        mo.stop(True, mo.Html(sheets.framed(sheets.note(str(error)))))
    _days = [each for each in scopes if each.scope.startswith("day:")]
    _today = [each for each in _days if each.scope == f"day:{now:%Y-%m-%d}"]
    caps = [*figures.capped(scopes, now), *figures.capped(in_tokens, now)]
    caps.sort(key=lambda each: -(each.settled + each.reserved) / max(each.cap, 1))
    _cards = [
        (figures.usd(sum(each.settled for each in _days)), "spent in all, by the ledger"),
        (figures.usd(sum(each.settled for each in _today)), "spent today (UTC)"),
        (figures.usd(sum(each.reserved for each in _days)), "reserved for calls in the air"),
    ]
    if caps:
        _first = caps[0]
        _full = (_first.settled + _first.reserved) / max(_first.cap, 1)
        _whole = figures.in_units(_first.cap, _first.unit)
        _cards.append((f"{_full:.0%}", f"of the fullest cap, {_whole} of {_first.scope}"))
    mo.Html(sheets.framed(sheets.cards(_cards)))
    return caps, factors, now


@app.cell
def _(FactoryError, ledger, mo, offer, offered, pa, place, refresh, sheets, tables):
    refresh
    try:
        _booked = ledger.read()
        _known = set(_booked["address"].to_pylist())
        below = tables.tables_below(place)
        _others, unread = tables.elsewhere(below, _known)
    except FactoryError as error:
        mo.stop(True, mo.Html(sheets.framed(sheets.note(str(error)))))
    every = pa.concat_tables([_booked, _others], promote_options="default")
    addresses = sorted({*_known, *below})
    mo.stop(
        every.num_rows == 0,
        mo.Html(
            sheets.framed(
                sheets.note(f"Nothing has been spent yet: neither in {ledger.shown} nor below {place}.")
            )
        ),
    )
    _names = {
        name: sorted({str(each) for each in every[name].unique().to_pylist() if each})
        for name in ("run", "stage", "model", "kind", "team", "project", "searcher")
        if name in every.column_names
    }
    if _names != offered():
        offer(_names)
    return addresses, every, unread


@app.cell
def _(mo, offered, remembered):
    # Made anew only when there is something new to choose from, so that a choice outlives a reading.
    mo.stop(not offered())

    def _choice(name, options):
        kept = [each for each in remembered.get(name, []) if each in options]
        return mo.ui.multiselect(
            options,
            value=kept,
            label=name.capitalize(),
            on_change=lambda values: remembered.update({name: values}),
        )

    choices = mo.ui.dictionary({name: _choice(name, options) for name, options in offered().items()})
    period = mo.ui.dropdown(
        ["all", "last hour", "last day", "last 7 days", "last 30 days"],
        value=remembered.get("period", "all"),
        label="Period",
        on_change=lambda value: remembered.update(period=value),
    )
    mo.hstack([period, *choices.elements.values()], wrap=True, justify="start", gap=1)
    return choices, period


@app.cell
def _(choices, every, figures, merged, mo, now, period, sheets, timedelta):
    _hours = {"last hour": 1, "last day": 24, "last 7 days": 168, "last 30 days": 720}.get(period.value)
    shown = figures.chosen(every, **choices.value)
    if _hours:
        shown = figures.since(shown, now - timedelta(hours=_hours))
    mo.stop(shown.num_rows == 0, mo.Html(sheets.framed(sheets.note("No calls of this choice."))))
    without_shards = merged(shown, without=("address", "shard"))  # far fewer rows, for all that follows
    return shown, without_shards


@app.cell
def _(charts, figures, mo, saving, saving_by_cache, sheets, without_shards):
    if not saving:
        saving["by_cache"] = saving_by_cache()
    _sum = figures.total(without_shards)
    _cache = figures.cache_use(without_shards, saving["by_cache"])
    _saved = "" if _cache.saved is None else f", saved {figures.usd(_cache.saved)}"
    _cards = [
        (figures.usd(_sum["cost"]), "booked for this choice"),
        (f"{_sum['calls']:,}", f"calls, {_sum['repeated']:,} of them repeated"),
        (f"{_sum['failed'] / max(_sum['calls'], 1):.1%}", f"failed ({_sum['failed']:,})"),
        (f"{_cache.share:.0%}", f"of prompt tokens from the cache{_saved}"),
        (f"{_sum['uncached'] + _sum['cached'] + _sum['cache_write']:,}", "prompt tokens"),
        (f"{_sum['output']:,}", "output tokens"),
    ]
    if _sum["overrun"] or _sum["overrun_tokens"]:
        _cards.append((figures.usd(_sum["overrun"]), f"overrun, {_sum['overrun_tokens']:,} tokens"))
    _parts = [sheets.cards(_cards)]
    if _sum["lost"]:
        _parts.append(
            sheets.note(f"{figures.usd(_sum['lost'])} of it are reservations of calls whose process died.")
        )
    if _cache.unpriced:
        _parts.append(sheets.note(f"No price is known for {', '.join(_cache.unpriced)}: saving not counted."))
    _parts.append("<h3>Spend over time, by stage</h3>")
    _parts.append(charts.stacked(figures.time_line(without_shards, "stage"), "Spend over time, by stage"))
    mo.Html(sheets.framed(*_parts))
    return


@app.cell
def _(LATER_GROUPS, charts, figures, mo, sheets, without_shards):
    _parts = [
        (
            f"By {name}",
            charts.bars([(str(row[name] or ""), row["cost"]) for row in figures.by(without_shards, name)]),
        )
        for name in ("stage", "model", *LATER_GROUPS)
        if name in without_shards.column_names
    ]
    mo.Html(sheets.framed(sheets.beside(*_parts)))
    return


@app.cell
def _(caps, mo, remembered):
    _capped = {f"{each.scope} ({'USD' if each.unit == 'nano-USD' else each.unit})": each for each in caps}
    _kept = remembered.get("cap")
    cap = mo.ui.dropdown(
        list(_capped),
        value=_kept if _kept in _capped else next(iter(_capped), None),
        label="Cap",
        on_change=lambda value: remembered.update(cap=value),
    )
    by_name = _capped
    cap if _capped else mo.md("No cap is set: `--budget-usd`, `--budget-tokens`, `FOUNDRY_DAY_CAP_USD`.")
    return by_name, cap


@app.cell
def _(by_name, cap, charts, every, figures, mo, now, sheets):
    _scope = by_name.get(cap.value)
    _burning = figures.burn_down(_scope, every, now) if _scope else None
    mo.stop(_burning is None)
    if _burning.left == 0:
        _where = "It is used up: raise it and run again."
    elif _burning.reached:
        _where = f"At this rate it is reached on {_burning.reached:%d %b at %H:%M} UTC."
    else:
        _where = "Nothing is being spent under it just now, or it lasts longer than a year."
    _unit = _burning.unit
    mo.Html(
        sheets.framed(
            f"<h3>What is left of {sheets.escaped(_burning.scope)}</h3>",
            sheets.cards(
                [
                    (
                        figures.in_units(_burning.left, _unit),
                        f"left of {figures.in_units(_burning.cap, _unit)}",
                    ),
                    (figures.in_units(_burning.settled, _unit), "settled"),
                    (figures.in_units(_burning.reserved, _unit), "reserved"),
                    (figures.in_units(_burning.rate, _unit), "an hour of late"),
                ]
            ),
            charts.burning(_burning, now, f"What is left of {_burning.scope}"),
            sheets.note(_where),
        )
    )
    return


@app.cell
def _(figures, links, mo, sheets, shown):
    _every = figures.shards(shown)
    _dearest = _every[:12]
    _slowest = sorted(_every, key=lambda row: -row["mean_s"])[:12]
    _named = {(row["run"], row["address"], row["shard"]) for row in (*_dearest, *_slowest)}
    _pages = links.shard_pages(_named)

    def _row(row):
        name = f"{row['stage']} {row['address'].rpartition('/')[2]} / shard {row['shard']}"
        page = _pages.get((row["run"], row["address"], row["shard"]), "")
        return [
            sheets.Link(name, page),
            figures.usd(row["cost"]),
            row["calls"],
            row["mean_s"],
            row["slowest_s"],
        ]

    _headings = ("shard", "spent", "calls", "mean [s]", "slowest [s]")
    _parts = [
        ("Dearest shards", sheets.as_html(_headings, [_row(row) for row in _dearest])),
        ("Slowest shards", sheets.as_html(_headings, [_row(row) for row in _slowest])),
    ]
    _said = (
        "" if _pages else sheets.note("Where the Prefect server runs (make up), shards lead to its pages.")
    )
    mo.Html(sheets.framed(sheets.beside(*_parts), _said))
    return


@app.cell
def _(factors, figures, mo, sheets, without_shards):
    _failed = figures.failures(without_shards)
    _rows = [[row["status"], row["model"], row["calls"], figures.usd(row["cost"])] for row in _failed[:20]]
    _heads = ("ended by", "model", "calls", "booked")
    _over = {row["model"]: row for row in figures.overruns(without_shards)}
    _more = [
        [
            name,
            figures.usd(_over[name]["overrun"]) if name in _over else "",
            _over[name]["overrun_tokens"] if name in _over else 0,
            f"{factors.get(name, 1.0):g}",
        ]
        for name in (*_over, *(each for each in factors if each not in _over))
    ]
    _beyond = ("model", "beyond", "tokens beyond", "times reserved now")
    mo.Html(
        sheets.framed(
            sheets.beside(
                ("Failures", sheets.as_html(_heads, _rows, "No call failed.")),
                (
                    "Overruns",
                    sheets.as_html(_beyond, _more, "No model billed more than was reserved for it."),
                ),
            )
        )
    )
    return


@app.cell
def _(FactoryError, addresses, every, figures, mo, sheets, tables, unread):
    # Last, because tables must be opened for it.
    _spent = {row["address"]: row["cost"] for row in figures.by(every, "address")}
    _rows, _said, _judged, _paths, _gone = [], list(unread), [], {}, 0
    for _address in addresses:
        try:
            if not tables.is_there(_address):
                _gone += 1
                continue
            _made = tables.made(_address)
            _judged += tables.judged(_address)
        except FactoryError as error:
            if str(error) not in _said:
                _said.append(str(error))
            continue
        _paths[_address] = _made.paths
        _name = "/".join(_address.split("/")[-2:])
        _cost = _spent.get(_address, 0)
        for _what, _count in (
            ("accepted instruction", _made.accepted if _made.stage == "instruct" else 0),
            ("answered path", _made.answered or 0),
        ):
            if _count:
                _rows.append([_name, _what, _count, figures.usd(_cost), figures.usd(_cost / _count)])
        if _made.published > _cost:
            _said.append(
                f"{_address}: its rows cost {figures.usd(_made.published)}, the ledger has {figures.usd(_cost)} "
                "of it; the rest is in another ledger"
            )
    for _each in _judged:
        _right = _paths.get(_each.trajectories, 0) * _each.passed / max(_each.judged, 1)
        if _right:
            _rows.append(
                [
                    "/".join(_each.trajectories.split("/")[-2:]),
                    f"path judged right ({_each.rule}, {_each.judged} judged)",
                    round(_right),
                    figures.usd(_spent.get(_each.trajectories, 0)),
                    figures.usd(_spent.get(_each.trajectories, 0) / _right),
                ]
            )
    if _gone:
        _said.append(f"{_gone} tables that the ledger names are not there any more.")
    _heads = ("table", "what for", "count", "spent", "USD each")
    mo.Html(
        sheets.framed(
            "<h3>For the money</h3>",
            sheets.as_html(_heads, _rows, "No table of instructions or trajectories yet."),
            *map(sheets.note, _said),
        )
    )
    return


@app.cell
def _(figures, mo, sheets, shown, without_shards):
    def _calls():
        ordered = shown.sort_by([(name, "ascending") for name in shown.column_names])
        return sheets.as_csv(ordered.to_pylist()).encode()

    def _shards():
        return sheets.as_csv(figures.shards(shown)).encode()

    def _failed():
        return sheets.as_csv(figures.failures(without_shards)).encode()

    mo.hstack(
        [
            mo.download(_calls, filename="spend.csv", mimetype="text/csv", label="All sums (CSV)"),
            mo.download(_shards, filename="shards.csv", mimetype="text/csv", label="Shards (CSV)"),
            mo.download(_failed, filename="failures.csv", mimetype="text/csv", label="Failures (CSV)"),
        ],
        wrap=True,
        justify="start",
    )
    return


if __name__ == "__main__":
    app.run()
