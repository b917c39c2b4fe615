"""The genetic codes by the numbers under which NCBI lists them, and the masses of amino acids."""

from functools import lru_cache

BASES = "TCAG"
STANDARD = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
"""One letter a codon, first base slowest, in the order of `BASES`; ``*`` ends a protein."""

NAMES = {
    1: "Standard",
    2: "Vertebrate Mitochondrial",
    3: "Yeast Mitochondrial",
    4: "Mold Mitochondrial",
    5: "Invertebrate Mitochondrial",
    6: "Ciliate Nuclear",
    11: "Bacterial",
    12: "Alternative Yeast Nuclear",
}

DIFFERENCES = {
    2: {"AGA": "*", "AGG": "*", "ATA": "M", "TGA": "W"},
    3: {"ATA": "M", "CTT": "T", "CTC": "T", "CTA": "T", "CTG": "T", "TGA": "W"},
    4: {"TGA": "W"},
    5: {"AGA": "S", "AGG": "S", "ATA": "M", "TGA": "W"},
    6: {"TAA": "Q", "TAG": "Q"},
    12: {"CTG": "S"},
}
"""Where a code departs from the standard one."""

AMINO_ACIDS = {
    "A": ("Alanine", 71.0779),
    "R": ("Arginine", 156.1857),
    "N": ("Asparagine", 114.1026),
    "D": ("Aspartic acid", 115.0874),
    "C": ("Cysteine", 103.1429),
    "E": ("Glutamic acid", 129.1140),
    "Q": ("Glutamine", 128.1292),
    "G": ("Glycine", 57.0513),
    "H": ("Histidine", 137.1393),
    "I": ("Isoleucine", 113.1576),
    "L": ("Leucine", 113.1576),
    "K": ("Lysine", 128.1723),
    "M": ("Methionine", 131.1961),
    "F": ("Phenylalanine", 147.1739),
    "P": ("Proline", 97.1152),
    "S": ("Serine", 87.0773),
    "T": ("Threonine", 101.1039),
    "W": ("Tryptophan", 186.2099),
    "Y": ("Tyrosine", 163.1733),
    "V": ("Valine", 99.1311),
}
"""Name, and average mass of the residue in a chain [g/mol]."""

WATER = 18.0153
"""What the two ends of a chain add to its residues [g/mol]."""


@lru_cache(maxsize=len(NAMES))
def code(table: int) -> dict[str, str]:
    """Return the amino acid of each of the 64 codons of DNA, ``*`` for stop."""
    codons = [a + b + c for a in BASES for b in BASES for c in BASES]
    return dict(zip(codons, STANDARD, strict=True)) | DIFFERENCES.get(table, {})
