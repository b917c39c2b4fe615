"""Look at searches: how they ended, what they cost, how they failed, and one tree as a picture.

Reads tables and ToolBench's files (answer files, converted runs), writes nothing, fetches nothing.

marimo run notebooks/trajectories.py -- --address .foundry/tables/demo/trajectories/v1 [--id INSTRUCTION]
"""

import marimo

app = marimo.App(width="full", app_title="Trajectories")


@app.cell
def _():
    import html

    import marimo as mo

    from tasks.annotation.analysis.aftermath import recovery, repeats
    from tasks.annotation.analysis.costs import turn_costs, yields
    from tasks.annotation.analysis.errors import by_kind
    from tasks.annotation.analysis.losses import by_reason, losses
    from tasks.annotation.analysis.sheets import as_markdown
    from tasks.annotation.analysis.sources import read_searches
    from tasks.annotation.picture import failed_branches, picture_of
    from tasks.errors import FactoryError

    return (
        FactoryError,
        as_markdown,
        by_kind,
        by_reason,
        failed_branches,
        html,
        losses,
        mo,
        picture_of,
        read_searches,
        recovery,
        repeats,
        turn_costs,
        yields,
    )


@app.cell
def _(mo):
    address = mo.ui.text(
        value=str(mo.cli_args().get("address") or ""),
        label="Address that annotate has written, or a file or folder of ToolBench's searches",
        full_width=True,
    )
    address
    return (address,)


@app.cell
def _(FactoryError, address, mo, read_searches):
    mo.stop(not address.value, mo.md("Give the address of a trajectories table."))
    try:
        searches = read_searches(address.value, partial=True)
    except FactoryError as error:
        mo.stop(True, mo.md(f"**{error}**"))
    mo.stop(not searches, mo.md("The table holds no trajectories yet."))
    return (searches,)


@app.cell
def _(mo, searches):
    _rows = [each.trajectory for each in searches]
    _answered = sum(row.win for row in _rows)
    _teachers = ", ".join(sorted({f"{row.teacher} ({row.teacher_kind})" for row in _rows}))
    mo.vstack(
        [
            mo.hstack(
                [
                    mo.stat(f"{len(_rows):,}", label="instructions"),
                    mo.stat(f"{_answered / len(_rows):.0%}", label="answered"),
                    mo.stat(
                        f"{sum(row.query_count for row in _rows) / len(_rows):.1f}", label="replies each"
                    ),
                    mo.stat(f"{sum(row.api_calls for row in _rows):,}", label="API calls"),
                ],
                wrap=True,
            ),
            mo.md(f"Teacher: {_teachers}. Searcher: {', '.join(sorted({row.method for row in _rows}))}."),
        ]
    )
    return


@app.cell
def _(as_markdown, by_kind, by_reason, losses, mo, recovery, repeats, searches, yields):
    mo.accordion(
        {
            "What was answered, and at what cost": mo.md(as_markdown(yields(searches))),
            "How calls failed": mo.md(as_markdown([by_kind(searches)])),
            "What followed a failure": mo.md(as_markdown([recovery(searches)])),
            "Calls made again": mo.md(as_markdown([repeats(searches)])),
            "Why instructions were not solved": mo.md(as_markdown([by_reason(losses(searches), searches)])),
        },
        lazy=True,
    )
    return


@app.cell
def _(mo, searches):
    _listed = [
        {
            "number": number,
            "group": each.trajectory.group,
            "instruction": each.trajectory.text,
            "ended": each.trajectory.finish_type or "no finish",
            "nodes": len(each.nodes),
            "replies": each.trajectory.query_count,
            "tokens": each.tokens,
            "answer": each.trajectory.final_answer,
            "instruction id": each.trajectory.source_id or each.trajectory.instruction_id,
            "id": each.trajectory.trajectory_id,
        }
        for number, each in enumerate(searches)
    ]
    _wanted = str(mo.cli_args().get("id") or "")
    _first = next(
        (row["number"] for row in _listed if _wanted and _wanted in (row["id"], row["instruction id"])), 0
    )
    chosen = mo.ui.table(
        _listed,
        selection="single",
        page_size=6,
        initial_selection=[_first],
        label="Choose one to see its tree",
    )
    chosen
    return (chosen,)


@app.cell
def _(chosen, mo, searches):
    searched = searches[chosen.value[0]["number"] if chosen.value else 0]
    zoom = mo.ui.slider(30, 150, step=10, value=100, label="Zoom [%]", show_value=True)
    fold = mo.ui.switch(value=len(searched.nodes) > 60, label="Fold what failed")
    mo.hstack([zoom, fold], justify="start", gap=2)
    return fold, searched, zoom


@app.cell
def _(failed_branches, fold, mo, picture_of, searched, zoom):
    _drawn = picture_of(searched, failed_branches(searched) if fold.value else (), zoom.value / 100)
    mo.Html(
        '<div style="overflow:auto;max-height:80vh;border:1px solid #d0d7de;background:#fff" '
        f'class="tree-frame" tabindex="0">{_drawn}</div>'
    )
    return


@app.cell
def _(mo, searched):
    _named = {
        f"{turn.ask + 1}: {', '.join(each.function for each in turn.actions) or 'a thought'}": turn.ask
        for turn in searched.turns
    }
    mo.stop(not _named, mo.md("No reply was followed."))
    picked = mo.ui.dropdown(_named, value=next(iter(_named)), label="Reply in full", searchable=True)
    picked
    return (picked,)


@app.cell
def _(html, mo, picked, searched, turn_costs):
    def _whole(text):
        wrapped = "white-space:pre-wrap;overflow-wrap:anywhere;margin:0"
        return mo.Html(f'<pre style="{wrapped}">{html.escape(text)}</pre>')

    _turn = next(turn for turn in searched.turns if turn.ask == picked.value)
    _cost = turn_costs(searched)[_turn.ask]
    _about = "billed" if _cost.measured else "shared out of the tree's bill by length:"
    _parts = [
        mo.md(f"{_about} {_cost.prompt:,.0f} prompt and {_cost.completion:,.0f} completion tokens"),
        _whole(_turn.thought or "(no thought)"),
    ]
    for _action in _turn.actions:
        _failed = f", {_action.failure.kind}" if _action.failure else ""
        _parts.append(
            mo.md(f"**`{_action.function}`**, status code {_action.node.observation_code}{_failed}")
        )
        _parts.append(_whole(f"{_action.arguments}\n\n{_action.observation}"))
    mo.vstack(_parts)
    return


if __name__ == "__main__":
    app.run()
