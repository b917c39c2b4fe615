"""Particle Data: masses, charges and lifetimes of what atoms are made of."""

from typing import Annotated, Any

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Integer, Number, Text
from infra.sandbox.hub.sources.particles import particle_named, particle_numbered
from infra.sandbox.hub.sources.units import significant
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Particle Data",
    category="Science",
    description="Quarks, leptons, bosons, mesons and baryons of high-energy physics: rest mass, charge,"
    " spin, mean life, quark content, and how far they fly.",
    packages=("particle",),
    data_vintage="Listings of the Particle Data Group as packed in particle 1.1.",
    licence="BSD-3-Clause; listings of the Particle Data Group (pdg.lbl.gov)",
    collections=("science-homework",),
)


def _name(*examples: str) -> Text:
    return Text("Name in the listings, or a common English one.", examples=examples, max_length=40)


Name = Annotated[str, _name("pi+", "proton", "muon", "Lambda", "Higgs boson")]
OtherName = Annotated[str, _name("electron", "neutron", "K+")]


def _rounded(value: float | None) -> float | None:
    return None if value is None else significant(value, 6)


def _facts(found: Any) -> dict[str, object]:
    return {
        "name": str(found.name),
        "pdg_id": int(found.pdgid),
        "mass_mev": None if found.mass is None else significant(found.mass, 9),
        "charge": None if found.charge is None else round(float(found.charge), 3),
        "lifetime_ns": _rounded(found.lifetime) if found.width else None,
    }


def _mass(found: Any) -> float:
    if not found.mass:
        raise NotFound(f"no rest mass above zero is known for '{found.name}'")
    return float(found.mass)


@tool.get("/named/{name}", "Particle By Name")
def particle_by_name(name: Name) -> Answer:
    """Rest mass in MeV, charge in positrons, mean life in nanoseconds; null where unknown or stable."""
    return _facts(particle_named(name))


@tool.get("/numbered/{pdg_id}", "Particle By Number")
def particle_by_number(
    pdg_id: Annotated[
        int, Integer("Code of the Monte Carlo scheme.", minimum=-99_999_999, maximum=99_999_999, example=13)
    ],
) -> Answer:
    """The same listing, looked up by the integer that simulation programs use; antimatter is negative."""
    return _facts(particle_numbered(pdg_id))


@tool.get("/named/{name}/antiparticle", "Antiparticle")
def antiparticle(name: Name) -> Answer:
    """Which partner annihilates with it, and its charge; some are their own partner."""
    found = particle_named(name)
    partner = found.invert()
    return _facts(partner) | {"same": bool(partner.pdgid == found.pdgid)}


@tool.get("/named/{name}/structure", "Quark Content")
def quark_content(name: Name) -> Answer:
    """What it is built from, as letters with capitals for antimatter, and its spin; null if there is none."""
    found = particle_named(name)
    return {
        "name": str(found.name),
        "quarks": found.quarks or None,
        "spin": None if found.J is None else float(found.J),
    }


@tool.get("/named/{name}/flight", "Flight Distance")
def flight_distance(
    name: Annotated[str, _name("muon", "pi+", "K+")],
    momentum_gev: Annotated[
        float, Number("Momentum in the laboratory [GeV/c].", minimum=0.001, maximum=1e6, example=4)
    ],
) -> Answer:
    """How many metres an unstable one travels on average before it decays, time dilation included."""
    found = particle_named(name)
    if not found.width:
        raise NotFound(f"'{found.name}' does not decay, or its life is not known")
    return {"metres": significant(momentum_gev * 1000 / _mass(found) * float(found.ctau) / 1000, 5)}


@tool.get("/ratio", "Mass Ratio")
def mass_ratio(first: Annotated[str, _name("proton", "tau", "Z boson")], second: OtherName) -> Answer:
    """How many times heavier one of them is than another, to six digits."""
    return {"ratio": significant(_mass(particle_named(first)) / _mass(particle_named(second)), 6)}
