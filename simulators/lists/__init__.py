"""Three agencies' lists of a simulated city, with planted faults and a key of the truth.

city ─ listing ─► what each agency would list ─ planting ─► faults, each written into the key
─ writing ─► an XLSX, two CSVs as such agencies send them, `key.json`
"""

from simulators.lists.planting import Fault, FaultKind, Lists, make_lists
from simulators.lists.writing import write_lists

__all__ = ["Fault", "FaultKind", "Lists", "make_lists", "write_lists"]
