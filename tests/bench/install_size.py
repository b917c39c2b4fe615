"""What the sandbox's default set of packages takes on a disk, from the records of what is installed.

    python -m tests.bench.install_size

Counted is every distribution that the extra `sandbox` asks for, with all that these ask for in turn, and what
serves the hub; bytecode is left out, as it is no part of a wheel.
"""

from importlib.metadata import Distribution, PackageNotFoundError, distribution, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SERVING = ("starlette", "uvicorn", "uvloop", "httptools", "orjson", "jinja2", "httpx")
"""Packages of the project itself that hub, teacher and tasks run on."""


def sizes() -> dict[str, float]:
    """Installed size of each distribution of the default set [MB]."""
    wanted = [each for each in map(Requirement, requires("toolfoundry") or []) if _of_extra(each, "sandbox")]
    waiting = [*wanted, *map(Requirement, SERVING)]
    found: dict[str, float] = {}
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found:
            continue
        installed = distribution(name)
        found[name] = _size_mb(installed)
        waiting += _needs(installed, requirement.extras)
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def _of_extra(requirement: Requirement, extra: str) -> bool:
    marker = requirement.marker
    return marker is not None and marker.evaluate({"extra": extra}) and not marker.evaluate({"extra": ""})


def _needs(installed: Distribution, extras: set[str]) -> list[Requirement]:
    found = map(Requirement, installed.requires or [])
    asked = ["", *extras]
    return [
        each
        for each in found
        if each.marker is None or any(each.marker.evaluate({"extra": e}) for e in asked)
    ]


def _size_mb(installed: Distribution) -> float:
    files = [each for each in installed.files or [] if each.suffix != ".pyc"]
    return sum(path.stat().st_size for each in files if (path := each.locate()).is_file()) / 1e6  # type: ignore[union-attr]


if __name__ == "__main__":
    try:
        every = sizes()
    except PackageNotFoundError as error:
        raise SystemExit(f"{error.name} is not installed: pip install -e '.[sandbox]'") from error
    for name, size in every.items():
        print(f"{size:8.2f} MB  {name}")
    print(f"{sum(every.values()):8.2f} MB  {len(every)} distributions")
