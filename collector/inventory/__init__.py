"""The inventory: areas, owners, sites and devices as people write them, and the plan they make.

format      the models of the files
load        files → `Inventory`, every reference checked
plan        configuration + inventory + profiles → checks
everything  all of it held together, for `pantau check-config`
"""

from collector.inventory.everything import CheckReport, check_everything
from collector.inventory.load import Inventory, InventoryError, Known, load_inventory
from collector.inventory.plan import (
    Plan,
    build_plan,
    differences,
    followed,
    load_plan,
    reusing,
)

__all__ = [
    "CheckReport",
    "Inventory",
    "InventoryError",
    "Known",
    "Plan",
    "build_plan",
    "check_everything",
    "differences",
    "followed",
    "load_inventory",
    "load_plan",
    "reusing",
]
