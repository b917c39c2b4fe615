"""Small documents for tests that need no hub."""

from infra.sandbox.tasks.documents import ApiDocument, ParameterDocument, ToolDocument, tool_of


def parameter(name="date", kind="DATE (YYYY-MM-DD)", **more) -> dict:
    return {"name": name, "place": "query", "type": kind, "required": True, "description": "", **more}


def parameter_document(name="date", kind="DATE (YYYY-MM-DD)", **more) -> ParameterDocument:
    return api(parameters=[parameter(name, kind, **more)]).parameters[0]


def tool(apis=None, slug="sun-times", **more) -> ToolDocument:
    page = {
        "slug": slug,
        "name": slug.title(),
        "category": "Weather",
        "description": "Light.",
        "base_url": f"http://127.0.0.1:1/api/{slug}",
        "collections": [],
        "apis": apis or [api_page()],
    }
    return tool_of({**page, **more})


def api_page(slug="day", parameters=(), example_response=None, **more) -> dict:
    page = {
        "slug": slug,
        "name": slug.title(),
        "description": "How long the light lasts. In hours.",
        "method": "GET",
        "path": f"/{slug}",
        "parameters": list(parameters),
        "example_response": {"hours": 15.5} if example_response is None else example_response,
    }
    return {**page, **more}


def api(**more) -> ApiDocument:
    return tool([api_page(**more)]).apis[0]
