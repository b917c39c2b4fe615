"""The front page for people: the categories, and in each the tools with their APIs."""

from html import escape

from infra.sandbox.hub.catalogue import Catalogue
from infra.sandbox.hub.tool import Api, Tool

_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
nav a { margin-right: 1rem }
details { border: 1px solid #8886; border-radius: 6px; margin: .5rem 0; padding: .5rem 1rem }
summary { cursor: pointer }
code { font-size: .9em }
small { opacity: .75 }
"""


def marketplace_page(catalogue: Catalogue) -> str:
    """Return the whole page as HTML."""
    apis = sum(1 for _ in catalogue.apis())
    links = "".join(f'<a href="#{slug}">{escape(name)}</a> ' for slug, name in catalogue.categories.items())
    shelves = "".join(_shelf(catalogue, slug, name) for slug, name in catalogue.categories.items())
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>API hub</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>API hub</h1><p>{len(catalogue.tools)} tools, {apis} APIs. Ask for a key at"
        " <code>POST /hub/keys</code>, send it as <code>X-Hub-Key</code>.</p>"
        f"<nav>{links}</nav>{shelves}</body></html>"
    )


def _shelf(catalogue: Catalogue, slug: str, name: str) -> str:
    tools = [tool for tool in catalogue.tools.values() if tool.category == name]
    return f'<h2 id="{slug}">{escape(name)}</h2>' + "".join(_entry(tool) for tool in tools)


def _entry(tool: Tool) -> str:
    apis = "".join(_line(tool, api) for api in tool.apis)
    return (
        f"<details><summary><strong>{escape(tool.name)}</strong> {escape(tool.description)}</summary>"
        f"<ul>{apis}</ul><p><small>{escape(tool.data_vintage)} {escape(tool.licence)}</small></p></details>"
    )


def _line(tool: Tool, api: Api) -> str:
    address = f"{api.method} /api/{tool.slug}{api.path}"
    return f"<li>{escape(api.name)} <code>{escape(address)}</code><br>{escape(api.description)}</li>"
