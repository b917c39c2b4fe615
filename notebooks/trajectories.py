"""Look at a table of trajectories: how searches ended, what they cost, one tree. Reads tables, writes nothing.

marimo run notebooks/trajectories.py -- --address .foundry/tables/demo/trajectories/v1
"""

import marimo

app = marimo.App(width="medium", app_title="Trajectories")


@app.cell
def _():
    import marimo as mo

    from tasks.errors import FactoryError
    from tasks.records import Trajectory
    from tasks.storage.table import Table

    return FactoryError, Table, Trajectory, mo


@app.cell
def _(mo):
    address = mo.ui.text(
        value=str(mo.cli_args().get("address") or ""),
        label="Address that annotate has written",
        full_width=True,
    )
    address
    return (address,)


@app.cell
def _(FactoryError, Table, Trajectory, address, mo):
    mo.stop(not address.value, mo.md("Give the address of a trajectories table."))
    try:
        rows = Table.open(address.value).records(Trajectory, "trajectories", partial=True)
    except FactoryError as error:
        mo.stop(True, mo.md(f"**{error}**"))
    mo.stop(not rows, mo.md("The table holds no trajectories yet."))
    return (rows,)


@app.cell
def _(mo, rows):
    answered = sum(row.win for row in rows)
    kinds = sorted({row.teacher_kind for row in rows})
    mo.vstack(
        [
            mo.hstack(
                [
                    mo.stat(f"{len(rows):,}", label="instructions"),
                    mo.stat(f"{answered / len(rows):.0%}", label="answered"),
                    mo.stat(f"{sum(row.query_count for row in rows) / len(rows):.1f}", label="replies each"),
                    mo.stat(f"{sum(row.api_calls for row in rows):,}", label="API calls"),
                ]
            ),
            mo.md(f"Teacher: {', '.join(sorted({row.teacher for row in rows}))} ({', '.join(kinds)})"),
        ]
    )
    return


@app.cell
def _(mo, rows):
    shown = [
        {
            "group": row.group,
            "instruction": row.text,
            "ended": row.finish_type or "no finish",
            "replies": row.query_count,
            "answer": row.final_answer,
            "id": row.trajectory_id,
        }
        for row in rows
    ]
    chosen = mo.ui.table(shown, selection="single", page_size=8, label="Choose one to see its tree")
    chosen
    return (chosen,)


@app.cell
def _(chosen, mo, rows):
    import io

    from rich.console import Console

    from tasks.annotation.draw import tree_of

    picked = chosen.value[0]["id"] if chosen.value else rows[0].trajectory_id
    trajectory = next(row for row in rows if row.trajectory_id == picked)
    console = Console(width=140, record=True, file=io.StringIO())
    console.print(tree_of(trajectory))
    mo.plain_text(console.export_text())
    return


if __name__ == "__main__":
    app.run()
