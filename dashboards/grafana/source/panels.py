"""The few sorts of panels that the boards are made of, each with what all of its sort share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import (
    common,
    heatmap,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.builders import text as text_panel
from grafana_foundation_sdk.builders.dashboard import FieldColor, ThresholdsConfig
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as common_model
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import heatmap as heatmap_model
from grafana_foundation_sdk.models import text as text_model

from dashboards.grafana.source import looks
from dashboards.grafana.source.looks import Colour, Mapping_
from dashboards.grafana.source.queries import Query
from dashboards.grafana.source.words import Words

SOURCE = model.DataSourceRef(type_val="influxdb", uid="${datasource}")
NOW = "5m"
"""How old a number may be that is shown as "now". Older: no data."""
NOW_SLOW = "15m"
"""The same for what is asked every five minutes."""

SEEN = "seen"
"""In a table of several queries: the moment of the first one's value."""

Panel = Builder[model.Panel]
_Value = model.DynamicConfigValue


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: field, key of its heading, and how its values look."""

    field: str
    key: str
    unit: str | None = None
    decimals: int | None = None
    mappings: Sequence[Mapping_] | None = None
    limits: ThresholdsConfig | None = None
    width: int | None = None
    bar: bool = False
    links: bool = False


def device_columns(say: Words) -> list[Column]:
    """Return the columns that say which device it is and whose."""
    del say
    return [
        Column("device", "column.device", width=130, links=True),
        Column("name", "column.name"),
        Column("site_name", "column.site"),
        Column("area_name", "column.area"),
        Column("owner_name", "column.owner"),
    ]


def number(
    say: Words,
    key: str,
    *targets: Query,
    unit: str = "none",
    decimals: int | None = None,
    limits: ThresholdsConfig | None = None,
    colours: Mapping[str, str] | None = None,
    calc: str = "lastNotNull",
    recent: str | None = NOW,
) -> stat.Panel:
    """Return one big number, or one for each column or series.

    `recent` is the time that it looks back, whatever the range of the board: what is older is not
    shown as if it were now. With `colours` (field → colour) a zero stays quiet, all else shows.
    """
    title, description = say.panel(key)
    panel = (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .unit(unit)
        .no_value(say("no_data"))
        .mappings([looks.nothing(say)])
        .thresholds(limits or looks.limits(base=Colour.FIRST))
        .color_mode(common_model.BigValueColorMode.VALUE)
        .graph_mode(common_model.BigValueGraphMode.NONE)
        .justify_mode(common_model.BigValueJustifyMode.CENTER)
        .text_mode(common_model.BigValueTextMode.AUTO)
        .reduce_options(common.ReduceDataOptions().calcs([calc]).fields("").values(False))
    )
    for target in targets:
        panel = panel.with_target(target)
    if decimals is not None:
        panel = panel.decimals(decimals)
    if recent is not None:
        panel = panel.time_from(recent)
    for field, colour in (colours or {}).items():
        steps = looks.limits((1, colour)).build()
        panel = panel.override_by_name(
            field,
            [
                _Value(id_val="displayName", value=say(f"state.{field}")),
                _Value(id_val="thresholds", value=steps),
            ],
        )
    return panel


def named(
    panel: stat.Panel, names: Mapping[str, str], limits: Mapping[str, ThresholdsConfig]
) -> stat.Panel:
    """Return a panel of numbers whose fields have names, and some their own limits."""
    for field, name in names.items():
        properties = [_Value(id_val="displayName", value=name)]
        if field in limits:
            properties.append(_Value(id_val="thresholds", value=limits[field].build()))
        panel = panel.override_by_name(field, properties)
    return panel


def reduced(field: str) -> common.ReduceDataOptions:
    """Return: show the last value of this field alone."""
    return common.ReduceDataOptions().calcs(["lastNotNull"]).fields(f"/^{field}$/").values(False)


def facts(say: Words, key: str, target: Query, names: Mapping[str, str]) -> Panel:
    """Return words about one thing, one below another."""
    title, description = say.panel(key)
    panel = (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .unit("none")
        .no_value(say("no_data"))
        .mappings([looks.nothing(say)])
        .thresholds(looks.limits(base=Colour.UNKNOWN))
        .color_mode(common_model.BigValueColorMode.NONE)
        .graph_mode(common_model.BigValueGraphMode.NONE)
        .text_mode(common_model.BigValueTextMode.VALUE_AND_NAME)
        .orientation(common_model.VizOrientation.HORIZONTAL)
        .reduce_options(reduced("(" + "|".join([*names, *names.values()]) + ")"))
        .with_target(target)
    )
    return named(panel, names, {})


def series(
    say: Words,
    key: str,
    *targets: Query,
    unit: str = "none",
    decimals: int | None = None,
    low: float | None = None,
    high: float | None = None,
    limits: ThresholdsConfig | None = None,
    names: Mapping[str, tuple[str, str]] | None = None,
    stacked: bool = False,
    links: bool = False,
    interval: str = "1m",
) -> Panel:
    """Return curves over time. A gap is shown as a gap.

    `names` gives series (by the name that the query gives) a heading's key and a colour;
    `interval` is that of the check: a shorter one would show holes between the readings.
    """
    title, description = say.panel(key)
    many = (
        common_model.LegendDisplayMode.TABLE
        if names is None
        else common_model.LegendDisplayMode.LIST
    )
    legend = (
        common.VizLegendOptions()
        .show_legend(True)
        .display_mode(many)
        .placement(common_model.LegendPlacement.BOTTOM)
    )
    if names is None:
        legend = legend.calcs(["lastNotNull", "max"])
    panel = (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .unit(unit)
        .interval(interval)
        .max_data_points(400)
        .no_value(say("no_data"))
        .draw_style(common_model.GraphDrawStyle.LINE)
        .line_width(1)
        .fill_opacity(60 if stacked else 0)
        .show_points(common_model.VisibilityMode.AUTO)
        .point_size(4)
        .span_nulls(False)
        .legend(legend)
        .tooltip(
            common.VizTooltipOptions()
            .mode(common_model.TooltipDisplayMode.MULTI)
            .sort(common_model.SortOrder.DESCENDING)
        )
    )
    for target in targets:
        panel = panel.with_target(target)
    if stacked:
        panel = panel.stacking(
            common.StackingConfig().mode(common_model.StackingMode.NORMAL).group("A")
        )
    if decimals is not None:
        panel = panel.decimals(decimals)
    if low is not None:
        panel = panel.min(low)
    if high is not None:
        panel = panel.max(high)
    if limits is not None:
        style = common_model.GraphThresholdsStyleMode.DASHED
        panel = panel.thresholds(limits).thresholds_style(
            common.GraphThresholdsStyleConfig().mode(style)
        )
    for name, (word, colour) in (names or {}).items():
        panel = panel.override_by_name(
            name,
            [
                _Value(id_val="displayName", value=say(word)),
                _Value(id_val="color", value={"mode": "fixed", "fixedColor": colour}),
            ],
        )
    if links:
        panel = panel.override_by_regexp(
            "/.*/", [_Value(id_val="links", value=_links(say, "${__field.labels.device}"))]
        )
    return panel


def listing(
    say: Words,
    key: str,
    targets: Sequence[Query],
    columns: Sequence[Column],
    *,
    join: str = "device",
    sort: str | None = None,
    descending: bool = True,
    recent: str | None = None,
) -> Panel:
    """Return a table: queries joined by a tag, sorted, with the columns named and in order.

    `sort` is a field; it need not be shown.
    """
    title, description = say.panel(key)
    panel = (
        table.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .unit("none")
        .no_value(say("no_data"))
        .mappings([looks.nothing(say)])
        .thresholds(looks.limits())
        .filterable(True)
        .footer(common.TableFooterOptions().show(False).enable_pagination(True).reducer([]))
    )
    for target in targets:
        panel = panel.with_target(target)
    for transformation in _table_steps(say, targets, columns, join, sort, descending=descending):
        panel = panel.with_transformation(transformation)
    for column in columns:
        if properties := _looks_of(say, column):
            panel = panel.override_by_name(say(column.key), properties)
    if recent is not None:
        panel = panel.time_from(recent)
    return panel


def _table_steps(
    say: Words,
    targets: Sequence[Query],
    columns: Sequence[Column],
    join: str,
    sort: str | None,
    *,
    descending: bool,
) -> list[model.DataTransformerConfig]:
    fields = [column.field for column in columns]
    steps: list[model.DataTransformerConfig] = []
    if len(targets) > 1:
        # A joined `Time` is called after its frame; so the first is renamed, the others dropped.
        first, *others = [target.ref for target in targets]
        steps.append(_step("organize", _organized(SEEN if SEEN in fields else None), first))
        steps.append(_step("organize", _organized(None), f"/^(?:{'|'.join(others)})$/"))
        steps.append(_step("joinByField", {"byField": join, "mode": "outer"}))
    if sort is not None:
        by = {"field": sort, "desc": descending}
        steps.append(_step("sortBy", {"fields": {}, "sort": [by]}))
    steps.append(_step("filterFieldsByName", {"include": {"names": fields}}))
    order = {field: place for place, field in enumerate(fields)}
    words = {column.field: say(column.key) for column in columns}
    steps.append(
        _step("organize", {"excludeByName": {}, "indexByName": order, "renameByName": words})
    )
    return steps


def _organized(moment: str | None) -> dict[str, object]:
    """Return what becomes of `Time`: another name, or nothing."""
    if moment is None:
        return {"excludeByName": {"Time": True}, "indexByName": {}, "renameByName": {}}
    return {"excludeByName": {}, "indexByName": {}, "renameByName": {"Time": moment}}


def _step(name: str, options: object, ref: str | None = None) -> model.DataTransformerConfig:
    matcher = None if ref is None else model.MatcherConfig(id_val="byRefId", options=ref)
    return model.DataTransformerConfig(id_val=name, options=options, filter_val=matcher)


def _looks_of(say: Words, column: Column) -> list[_Value]:
    values: list[tuple[str, object]] = []
    if column.unit is not None:
        values.append(("unit", column.unit))
    if column.decimals is not None:
        values.append(("decimals", column.decimals))
    if column.width is not None:
        values.append(("custom.width", column.width))
    if column.mappings is not None:
        values += [
            ("mappings", list(column.mappings)),
            ("custom.cellOptions", {"type": "color-text"}),
        ]
    if column.limits is not None:
        values.append(("thresholds", column.limits.build()))
        cell = {"type": "gauge", "mode": "basic"} if column.bar else {"type": "color-text"}
        values.append(("custom.cellOptions", cell))
    if column.bar:
        values += [("min", 0), ("max", 100)]
    if column.links:
        values.append(("links", _links(say, "${__value.raw}")))
    return [_Value(id_val=name, value=value) for name, value in values]


def _links(say: Words, device: str) -> list[dict[str, object]]:
    """Return the ways from a device: its page at the desk, and its board."""
    board = f"/d/{say.uid('pantau-perangkat')}?var-device={device}&${{__url_time_range}}"
    return [
        {
            "title": say("link.desk"),
            "url": f"${{desk_url}}/perangkat/{device}",
            "targetBlank": True,
        },
        {"title": say("link.device"), "url": board, "targetBlank": False},
    ]


def history(
    say: Words,
    key: str,
    target: Query,
    *,
    mappings: Sequence[Mapping_] | None = None,
    links: bool = False,
    interval: str = "1m",
) -> Panel:
    """Return a strip a device (or site …) over time, coloured by state. A gap stays empty."""
    title, description = say.panel(key)
    panel = (
        statetimeline.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .unit("none")
        .interval(interval)
        .max_data_points(300)
        .no_value(say("no_data"))
        .mappings(list(mappings if mappings is not None else looks.state_words(say)))
        .color_scheme(FieldColor().mode(model.FieldColorModeId.THRESHOLDS))
        .thresholds(looks.limits())
        .show_value(common_model.VisibilityMode.NEVER)
        .merge_values(True)
        .row_height(0.85)
        .line_width(0)
        .fill_opacity(90)
        .per_page(25)
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(common_model.LegendDisplayMode.LIST)
            .placement(common_model.LegendPlacement.BOTTOM)
        )
        .with_target(target)
    )
    if links:
        panel = panel.data_links([])
        panel = panel.override_by_regexp(
            "/.*/", [_Value(id_val="links", value=_links(say, "${__field.labels.device}"))]
        )
    return panel


def heat(say: Words, key: str, target: Query, *, unit: str) -> Panel:
    """Return how many devices had which value, over time: colour is the number of devices."""
    title, description = say.panel(key)
    return (
        heatmap.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .unit(unit)
        .interval("5m")
        .max_data_points(120)
        .no_value(say("no_data"))
        .calculate(True)
        .calculation(
            common.HeatmapCalculationOptions().y_buckets(
                common.HeatmapCalculationBucketConfig()
                .mode(common_model.HeatmapCalculationMode.SIZE)
                .scale(
                    common.ScaleDistributionConfig().type(common_model.ScaleDistribution.LOG).log(2)
                )
            )
        )
        .color(_heat_colours())
        .cell_gap(1)
        .with_target(target)
    )


def _heat_colours() -> Builder[heatmap_model.HeatmapColorOptions]:
    return (
        heatmap.HeatmapColorOptions()
        .mode(heatmap_model.HeatmapColorMode.SCHEME)
        .scheme("Oranges")
        .steps(32)
        .fill(Colour.DOWN)
        .exponent(0.5)
    )


def note(say: Words, key: str) -> Panel:
    """Return a panel of words: its description is its text."""
    title, description = say.panel(key)
    return (
        text_panel.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .mode(text_model.TextMode.MARKDOWN)
        .content(description)
    )
