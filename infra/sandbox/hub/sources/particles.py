"""Subatomic particles, from the listings of the Particle Data Group as the package particle carries them."""

import threading
from functools import lru_cache
from typing import Any

from infra.sandbox.hub.errors import NotFound

ENGLISH = {
    "electron": "e-",
    "positron": "e+",
    "muon": "mu-",
    "tau": "tau-",
    "photon": "gamma",
    "gluon": "g",
    "proton": "p",
    "antiproton": "p~",
    "neutron": "n",
    "neutral pion": "pi0",
    "positive pion": "pi+",
    "negative pion": "pi-",
    "positive kaon": "K+",
    "negative kaon": "K-",
    "eta meson": "eta",
    "j/psi": "J/psi(1S)",
    "upsilon": "Upsilon(1S)",
    "w boson": "W+",
    "z boson": "Z0",
    "higgs boson": "H0",
    "top quark": "t",
    "bottom quark": "b",
    "charm quark": "c",
    "strange quark": "s",
    "lambda baryon": "Lambda",
    "omega baryon": "Omega-",
}
"""What people call the best known particles, by the name in the listings."""


_reading = threading.Lock()


def _listings() -> Any:
    """Return the package's class with its table read: by itself it lets a second thread see half a table."""
    from particle import Particle

    with _reading:
        if not Particle.table_loaded():
            Particle.load_table()
    return Particle


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Any]:
    """Return all particles by name: the package's own search takes a tenth of a second each time."""
    return {str(found.name): found for found in reversed(_listings().all())}


def particle_named(name: str) -> Any:
    """Return a particle by its name in the listings or in English; raises `NotFound`."""
    found = _by_name().get(ENGLISH.get(name.casefold(), name))
    if found is None:
        raise NotFound(f"no particle is called '{name}'; names look like pi+, Lambda, electron")
    return found


def particle_numbered(pdg_id: int) -> Any:
    """Return a particle by its number in the Monte Carlo scheme; raises `NotFound`."""
    from particle import InvalidParticle, ParticleNotFound

    try:
        return _listings().from_pdgid(pdg_id)
    except (ParticleNotFound, InvalidParticle) as error:
        raise NotFound(f"no particle has the number {pdg_id}") from error
