"""Genetics Bench: DNA, RNA and the proteins they code for."""

from typing import Annotated

from infra.sandbox.hub.parameters import Choice, Text
from infra.sandbox.hub.sources.genetic_code import AMINO_ACIDS, NAMES, WATER, code
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Genetics Bench",
    category="Science",
    description="Short strands of nucleotides: reading them into amino acids, pairing, base ratios,"
    " primer melting points, and the weight of the resulting chain.",
    data_vintage="Genetic codes as listed by NCBI; average masses of IUPAC atomic weights.",
    licence="Apache-2.0",
    collections=("life-sciences", "science-homework"),
)

COMPLEMENT = str.maketrans("ACGT", "TGCA")


def _dna(*examples: str) -> Text:
    return Text(
        "Strand, from its 5' end, in the letters A, C, G and T.",
        examples=examples,
        pattern="[ACGTacgt]+",
        pattern_words="letters A, C, G and T only",
        upper=True,
        max_length=600,
    )


Strand = Annotated[str, _dna("ATGGCCATTGTAATGGGCCGC", "ATGAAATTTGGGTAA")]
Code = Annotated[
    str,
    Choice("Number of the genetic code in the lists of NCBI.", members=tuple(map(str, NAMES)), example="2"),
]


@tool.get("/translate", "Translate DNA")
def translate_dna(sequence: Strand, table: Code = "1") -> Answer:
    """The amino acids that a gene spells, one letter each, read in threes up to the first stop."""
    triplets = [sequence[start : start + 3] for start in range(0, len(sequence) - 2, 3)]
    protein, _, _ = "".join(code(int(table))[triplet] for triplet in triplets).partition("*")
    return {"protein": protein, "length": len(protein), "stopped": len(protein) < len(triplets)}


@tool.get("/reverse-complement", "Reverse Complement")
def reverse_complement(sequence: Strand) -> Answer:
    """What the opposite half of the double helix reads, also from its 5' end."""
    return {"sequence": sequence.translate(COMPLEMENT)[::-1]}


@tool.get("/transcribe", "Transcribe DNA")
def transcribe_dna(sequence: Strand) -> Answer:
    """The messenger that a coding strand gives: uracil in the place of thymine."""
    return {"rna": sequence.replace("T", "U")}


@tool.get("/composition", "GC Content")
def gc_content(sequence: Strand) -> Answer:
    """How often each base occurs, and the share of guanine and cytosine in percent."""
    counts = {base: sequence.count(base) for base in "ACGT"}
    share = 100 * (counts["G"] + counts["C"]) / len(sequence)
    return {"gc_percent": round(share, 2), "length": len(sequence), "counts": counts}


@tool.get("/codons/{codon}", "Codon Lookup")
def codon_lookup(
    codon: Annotated[
        str,
        Text(
            "Three bases of DNA.",
            examples=("ATA", "TGG", "TGA"),
            pattern="[ACGTacgt]{3}",
            pattern_words="three of the letters A, C, G and T",
            upper=True,
        ),
    ],
    table: Code = "1",
) -> Answer:
    """What a triplet stands for in one of the known dialects of life; null names mean that reading ends."""
    letter = code(int(table))[codon]
    name = AMINO_ACIDS[letter][0] if letter in AMINO_ACIDS else None
    return {"codon": codon, "letter": letter, "amino_acid": name, "code": NAMES[int(table)]}


@tool.get("/amino-acids/{letter}/codons", "Codons Of Amino Acid")
def codons_of_amino_acid(
    letter: Annotated[
        str, Choice("One-letter symbol of the residue.", members=tuple(AMINO_ACIDS), example="L")
    ],
    table: Code = "1",
) -> Answer:
    """All triplets that spell one building block, in alphabetical order."""
    found = sorted(codon for codon, meaning in code(int(table)).items() if meaning == letter)
    return {"amino_acid": AMINO_ACIDS[letter][0], "count": len(found), "codons": found}


@tool.get("/weight", "Protein Weight")
def protein_weight(
    protein: Annotated[
        str,
        Text(
            "Chain of residues in one-letter symbols.",
            examples=("MAIVMGR", "MKFG", "GIVEQCCTSICSLYQLENYCN"),
            pattern="[ACDEFGHIKLMNPQRSTVWYacdefghiklmnpqrstvwy]+",
            pattern_words="one-letter symbols of the twenty amino acids",
            upper=True,
            max_length=600,
        ),
    ],
) -> Answer:
    """The average molecular mass of an unmodified peptide, in grams per mole."""
    return {"g_per_mol": round(sum(AMINO_ACIDS[letter][1] for letter in protein) + WATER, 2)}


@tool.get("/melting", "Primer Melting")
def primer_melting(
    primer: Annotated[
        str,
        Text(
            "Short strand, at most 60 bases.",
            examples=("ACGTACGTACGT", "GCGCATATGCGC", "AGCGGATAACAATTTCACACAGGA"),
            pattern="[ACGTacgt]{6,60}",
            pattern_words="6 to 60 of the letters A, C, G and T",
            upper=True,
        ),
    ],
) -> Answer:
    """The temperature at which half of a probe lets go of its partner.

    Wallace's rule below 14 bases, the Marmur-Doty formula above.
    """
    strong = primer.count("G") + primer.count("C")
    if len(primer) < 14:
        celsius = 2.0 * (len(primer) - strong) + 4 * strong
    else:
        celsius = 64.9 + 41 * (strong - 16.4) / len(primer)
    return {"celsius": round(celsius, 1)}
