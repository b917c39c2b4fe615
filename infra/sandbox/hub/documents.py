"""What the hub says about its tools: the JSON of listings and documentation pages."""

from infra.sandbox.hub.catalogue import Catalogue, fingerprint, package_name, package_version
from infra.sandbox.hub.collections import Collection
from infra.sandbox.hub.tool import Api, Parameter, Tool

Document = dict[str, object]


def category_document(catalogue: Catalogue, slug: str) -> Document:
    """Return a row of the category listing."""
    return {"slug": slug, "name": catalogue.categories[slug], "tools": len(catalogue.by_category[slug])}


def collection_document(catalogue: Catalogue, collection: Collection) -> Document:
    """Return a row of the collection listing."""
    return {
        "slug": collection.slug,
        "name": collection.name,
        "description": collection.description,
        "tools": [tool.slug for tool in catalogue.by_collection[collection.slug]],
    }


def tool_summary(tool: Tool) -> Document:
    """Return a row of the tool listing."""
    return {
        "slug": tool.slug,
        "name": tool.name,
        "category": tool.category,
        "description": tool.description,
    }


def tool_document(tool: Tool, origin: str) -> Document:
    """Return the page of a tool but for the example answers; `origin` is ``http://host:port``."""
    return {
        **tool_summary(tool),
        "pricing": tool.pricing,
        "base_url": f"{origin}/api/{tool.slug}",
        "package": package_name(tool),
        "package_version": package_version(tool),
        "data_vintage": tool.data_vintage,
        "licence": tool.licence,
        "collections": sorted(tool.collections),
        "apis": [_api_document(api) for api in tool.apis],
    }


def tool_page(catalogue: Catalogue, tool: Tool, origin: str) -> Document:
    """Return the page of a tool; every API shows its answer to the examples of its required parameters."""
    document = tool_document(tool, origin)
    apis = [
        {**_api_document(api), "example_response": catalogue.example_response(tool, api)} for api in tool.apis
    ]
    return {**document, "apis": apis}


def catalogue_version(catalogue: Catalogue, *more: object) -> str:
    """Return a hash over documentation and package versions, and over `more` that answers depend on."""
    return fingerprint([[fingerprint(tool_document(tool, "")) for tool in catalogue.tools.values()], *more])


def _api_document(api: Api) -> Document:
    return {
        "slug": api.slug,
        "name": api.name,
        "description": api.description,
        "method": api.method,
        "writes": api.writes,
        "path": api.path,
        "parameters": [_parameter_document(parameter) for parameter in api.parameters],
    }


def _parameter_document(parameter: Parameter) -> Document:
    kind = parameter.kind
    optional = {
        "default": None if parameter.default is None else kind.shown(parameter.default),
        "example": kind.shown_example(),
    }
    return {
        "name": parameter.name,
        "place": parameter.place,
        "type": kind.type_name,
        "required": parameter.required,
        **{key: value for key, value in optional.items() if value is not None},
        **kind.constraints(),
        "description": kind.shown_description(),
    }
