"""Codes of administrative areas by date: Kemendagri's as key, BPS's beside it.

    a file the operator provides ─ reading ─► codes with dates ─► the store ─┐
    founding.csv (the four founding cities) ─────────────────────────────────┴► AreaRegister

Codes change every year: areas are renamed, split and joined. A register answers what a code was
called on a day, and which code an area that has this code now had then, so that the past stays
under the codes of its time.
"""

from collector.area_codes.codes import AreaCode, AreaRegister
from collector.area_codes.reading import LARGEST, AreaFileError, RowProblem, founding, read_codes

__all__ = [
    "LARGEST",
    "AreaCode",
    "AreaFileError",
    "AreaRegister",
    "RowProblem",
    "founding",
    "read_codes",
]
