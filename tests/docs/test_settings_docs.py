"""docs/configuration.md and docs/inventory.md say of every key what the models say of it."""

from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from collector.config.contracts import ContractSettings
from collector.config.credentials import CredentialSettings
from collector.config.settings import (
    RuleOverrideShape,
    Settings,
    section_of,
    setting_names,
)
from collector.config.shape import Shape, keys_of
from collector.inventory import check_everything
from collector.inventory.format import AreaShape, DeviceShape, OwnerShape, SiteShape

REPOSITORY = Path(__file__).resolve().parents[2]
LISTS: dict[str, type[Shape]] = {
    "areas": AreaShape,
    "owners": OwnerShape,
    "sites": SiteShape,
    "devices": DeviceShape,
    "rule": RuleOverrideShape,
}


def page(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def field_of(model: type[Shape], key: str) -> FieldInfo:
    return next(it for name, it in model.model_fields.items() if (it.alias or name) == key)


def setting_rows() -> list[str]:
    """Return the rows of the table of settings as they must stand on the page."""
    rows = []
    for name in setting_names():
        section, _, key = name.rpartition(".")
        model = section_of(section.split(".")[0]) if section else Settings
        assert model is not None
        field = field_of(model, key)
        rows.append(f"| `{name}` | {default_text(field)} | {field.description} |")
    return rows


def default_text(field: FieldInfo) -> str:
    if field.default is None:
        return ""
    value = field.default
    if field.alias is not None:  # a duration
        days, rest = divmod(value, 86_400)
        return f"`{value:g}s`" if rest or not days else f"`{days:g}d`"
    if isinstance(value, bool):
        return f"`{value}`".lower()
    if isinstance(value, tuple):
        return ", ".join(f"`{it}`" for it in value)
    return f"`{value}`"


def inventory_rows(name: str) -> list[str]:
    """Return the rows of the table of one list of the inventory."""
    model = LISTS[name]
    rows = []
    for key in [field.alias or name for name, field in model.model_fields.items()]:
        field = field_of(model, key)
        needed = "needed" if field.is_required() else ""
        rows.append(f"| `{key}` | {needed} | {field.description} |")
    return rows


@pytest.mark.parametrize("row", setting_rows(), ids=lambda row: row.split("`")[1])
def test_every_setting_stands_on_the_page_with_its_default(row: str) -> None:
    assert row in page("docs/configuration.md").splitlines()


@pytest.mark.parametrize("name", LISTS)
def test_every_key_of_the_inventory_stands_on_the_page(name: str) -> None:
    section = page("docs/inventory.md").split(f"## `{name}`\n")[1].split("\n## ")[0]

    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert rows == inventory_rows(name)


def test_no_setting_stands_on_the_page_that_there_is_not() -> None:
    rows = [line for line in page("docs/configuration.md").splitlines() if line.startswith("| `")]

    assert rows == setting_rows()


def test_every_section_is_described() -> None:
    models: list[type[Shape]] = [Settings, CredentialSettings, ContractSettings, *LISTS.values()]
    models += [section for key in Settings.model_fields if (section := section_of(key))]
    for model in models:
        for key in keys_of(model):
            assert field_of(model, key).description, f"{model.__name__}.{key}"


def test_the_example_is_right() -> None:
    report = check_everything(REPOSITORY / "examples", {})

    assert report.problems == ()
    assert (report.devices, report.checks) == (3, 3)
