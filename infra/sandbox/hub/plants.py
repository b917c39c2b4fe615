"""Bad APIs, planted on purpose: which of the catalogue are broken, and how.

The kinds of fault are the files of ``faults``, and those of a user's folder. Which APIs are planted follows
from the seed and the slugs alone, so adding a tool moves few plants. The truth goes to a file for tests and
benchmarks; nothing the hub serves reveals it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.sandbox.hub import faults as builtin_faults
from infra.sandbox.hub.catalogue import Catalogue
from infra.sandbox.hub.draws import rank
from infra.sandbox.hub.fault import Fault
from infra.sandbox.hub.folders import declared_in_folder, declared_in_package
from infra.sandbox.hub.tool import Names

DEFAULT_SHARE = 0.12


def load_faults(folder: Path | None = None) -> list[Fault]:
    """Read the kinds of fault, then add or replace those of `folder`; raises `DeclarationError`."""
    faults = {fault.kind: fault for fault in declared_in_package(builtin_faults, "fault", Fault)}
    if folder is not None:
        faults |= {
            fault.kind: fault for fault in declared_in_folder(folder, "fault", Fault, called=lambda f: f.kind)
        }
    return list(faults.values())


def plant(
    catalogue: Catalogue, faults: Sequence[Fault], seed: int, share: float = DEFAULT_SHARE
) -> dict[Names, Fault]:
    """Choose which APIs misbehave, and how.

    Kinds are as frequent as each other, as far as they fit; of each tool at least one API stays sound, and
    tools that write are spared by kinds that do not ask for them.

    Args:
        catalogue: what is offered.
        faults: the kinds to choose from.
        seed: decides which APIs are planted.
        share: planted APIs over all APIs, in [0, 1].

    Returns:
        fault of each planted API, by slug of the tool and slug of the API.
    """
    apis = list(catalogue.apis())
    wanted = round(share * len(apis))
    if not wanted:
        return {}
    kinds = sorted(faults, key=lambda fault: rank(seed, "plants", fault.kind))
    sound = {tool.slug: len(tool.apis) for tool in catalogue.tools.values()}
    used: Counter[str] = Counter()
    planted: dict[Names, Fault] = {}
    for tool, api in sorted(apis, key=lambda pair: rank(seed, "plants", pair[0].slug, pair[1].slug)):
        if len(planted) == wanted:
            break
        writes = tool.initial_state is not None
        fitting = [f for f in kinds if (f.hits_tools_that_write or not writes) and f.fits(api)]
        if fitting and sound[tool.slug] > 1:
            fault = min(fitting, key=lambda f: used[f.kind])
            used[fault.kind] += 1
            sound[tool.slug] -= 1
            planted[tool.slug, api.slug] = fault
    return planted


def truth(planted: Mapping[Names, Fault]) -> list[dict[str, object]]:
    """Return the plants as JSON rows of ``--plants-to``, in alphabetical order."""
    return [
        {"tool": tool, "api": api, "kind": fault.kind, "expected": fault.expected}
        for (tool, api), fault in sorted(planted.items(), key=lambda plant: plant[0])
    ]
