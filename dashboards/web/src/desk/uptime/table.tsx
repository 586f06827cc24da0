/** The table: a row a group, its figures, and where they lie between 95 and 100 percent. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Uptime, UptimeRow } from "../../shared/api/schema";
import { shortName } from "../../shared/places";
import { duration } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useDesk } from "../context";
import { percent } from "../device/cards";
import { Link } from "../navigation";
import { devicePath, withQuery } from "../route";
import { useRowKeys } from "../stepping";
import { capital, kindWord } from "../texts";
import { hasContract, hours, plain } from "./said";
import {
  below,
  GOOD_COVERAGE_PERCENT,
  isBelow,
  isKnown,
  onStrip,
  PATH,
  QUERY,
  sorted,
  type Sort,
  type View,
} from "./view";

/** As many rows at a time: the worst are first, and the file has them all. */
const ROWS = 200;

export interface TableProps {
  readonly table: Uptime;
  readonly view: View;
  readonly query: URLSearchParams;
}

export function Table({ table, view, query }: TableProps): JSX.Element {
  const { words } = useDesk();
  const list = useRef<HTMLTableElement>(null);
  const [shown, setShown] = useState(ROWS);
  useRowKeys(list, view.device === null);
  const contract = hasContract(table);
  const rows = sorted(table.items, view.sort);
  if (rows.length === 0) {
    return (
      <p class="empty" data-test="empty">
        {words.say("up.none")}
      </p>
    );
  }
  const head = { view, query };
  return (
    <>
      <table class="list uptime" ref={list} data-test="table">
        <thead>
          <tr>
            <Head {...head} sort="nama" name={words.say(`up.group.${table.group_by}`)} />
            <Head {...head} sort="jumlah" name={words.say("up.devices")} number />
            <Head {...head} sort="layanan" name={words.say("uptime.service")} number />
            {contract && <th class="number">{words.say("up.contract")}</th>}
            <Head {...head} sort="perangkat" name={words.say("uptime.device")} number />
            <th class="strip-head" aria-hidden="true">
              <span>95%</span>
              <span>100%</span>
            </th>
            <th class="number">{words.say("uptime.bounds")}</th>
            <Head {...head} sort="cakupan" name={words.say("uptime.coverage")} number />
            <Head {...head} sort="mati" name={words.say("up.down")} number />
            <Head {...head} sort="terputus" name={words.say("up.unreachable")} number />
            <Head {...head} sort="gelap" name={words.say("up.unknown")} number />
            <Head {...head} sort="gangguan" name={words.say("uptime.outages")} number />
            <Head {...head} sort="pulih" name={words.say("up.repair")} number />
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((row) => (
            <Row key={row.key} row={row} table={table} view={view} query={query} />
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <button type="button" class="more" onClick={() => setShown(shown + ROWS)}>
          {words.say("more")} ({words.number(rows.length - shown)})
        </button>
      )}
    </>
  );
}

interface HeadProps {
  readonly view: View;
  readonly query: URLSearchParams;
  readonly sort: Sort;
  readonly name: string;
  readonly number?: boolean;
}

/** A heading that sorts; pressed again, the worst come first once more. */
function Head({ view, query, sort, name, number }: HeadProps): JSX.Element {
  const on = view.sort === sort;
  return (
    <th class={number === true ? "number" : undefined} aria-sort={on ? "other" : undefined}>
      <Link to={withQuery(PATH, query, { [QUERY.sort]: on ? null : sort })}>{name}</Link>
    </th>
  );
}

function Row({ row, table, view, query }: TableProps & { readonly row: UptimeRow }): JSX.Element {
  const { words } = useDesk();
  const { language } = words;
  const known = isKnown(row.coverage_percent);
  const target = table.rules.contract.target_percent;
  const low = isBelow(row.contract, target);
  const step = below(view, row);
  const bounds = row.uptime_bounds_percent;
  const name = <RowName row={row} by={table.group_by} />;
  return (
    <tr data-row data-test="row">
      <td class="cell-group">
        {step !== null ? (
          <Link to={withQuery(PATH, query, step)} class="strong">
            {name}
          </Link>
        ) : view.device !== null ? (
          <Link to={devicePath(view.device)} class="strong">
            {name}
          </Link>
        ) : (
          <b>{name}</b>
        )}
      </td>
      <Cell name={words.say("up.devices")}>{words.number(row.devices)}</Cell>
      <Cell name={words.say("uptime.service")} class="figure">
        <b>{known ? percent(row.uptime_percent, language) : "–"}</b>
        {low && !hasContract(table) && <Below target={target} />}
      </Cell>
      {hasContract(table) && (
        <Cell name={words.say("up.contract")} class="figure">
          <b>
            {isKnown(row.contract.coverage_percent)
              ? percent(row.contract.uptime_percent, language)
              : "–"}
          </b>
          {row.contract.coverage_percent !== row.coverage_percent && (
            <small>
              {words.say("up.covered", { percent: percent(row.contract.coverage_percent, language) })}
            </small>
          )}
          {low && <Below target={target} />}
        </Cell>
      )}
      <Cell name={words.say("uptime.device")}>
        {known ? percent(row.device_uptime_percent, language) : "–"}
      </Cell>
      <td class="cell-strip" aria-hidden="true">
        <Strip row={row} target={target} low={low} known={known} />
      </td>
      <Cell name={words.say("uptime.bounds")} class="pale">
        {bounds === null
          ? "–"
          : `${percent(bounds[0], language).slice(0, -1)}–${percent(bounds[1], language).slice(0, -1)}`}
      </Cell>
      <Cell
        name={words.say("uptime.coverage")}
        class={row.coverage_percent < GOOD_COVERAGE_PERCENT ? "lacking" : "pale"}
      >
        {row.coverage_percent < GOOD_COVERAGE_PERCENT && <Glyph name="unknown" />}{" "}
        {percent(row.coverage_percent, language)}
      </Cell>
      <Cell name={words.say("up.down")}>{hours(row.down_seconds, words)}</Cell>
      <Cell name={words.say("up.unreachable")}>{hours(row.unreachable_seconds, words)}</Cell>
      <Cell name={words.say("up.unknown")}>{hours(row.unknown_seconds, words)}</Cell>
      <Cell name={words.say("uptime.outages")}>{words.number(row.outages)}</Cell>
      <Cell name={words.say("up.repair")}>
        {row.mttr_seconds === null ? "–" : duration(row.mttr_seconds * 1000, words)}
      </Cell>
    </tr>
  );
}

interface CellProps {
  /** What the column is called: on a phone it stands beside the value. */
  readonly name: string;
  readonly class?: string;
  readonly children: unknown;
}

function Cell({ name, class: extra = "", children }: CellProps): JSX.Element {
  return (
    <td class={`number ${extra}`} data-name={name}>
      <span>{children as JSX.Element}</span>
    </td>
  );
}

/** What a row is called, as people know it. */
function RowName({ row, by }: { row: UptimeRow; by: Uptime["group_by"] }): JSX.Element {
  const { words } = useDesk();
  if (row.key === "") return <>{words.say("up.no_owner")}</>;
  if (by === "kind") return <>{capital(kindWord(row.key, 1, words))}</>;
  return <>{by === "area" ? shortName(row.name || row.key) : row.name || row.key}</>;
}

/** Colour, shape and word: it stays below what is promised. */
function Below({ target }: { target: number | null }): JSX.Element {
  const { words } = useDesk();
  return (
    <small class="below" data-state="down" data-test="below">
      <Glyph name="down" /> {words.say("up.below", { target: plain(target ?? 0, words) })}
    </small>
  );
}

const WIDTH = 100;
const MIDDLE = 12;

interface StripProps {
  readonly row: UptimeRow;
  readonly target: number | null;
  readonly low: boolean;
  readonly known: boolean;
}

/** The figure as a dot, its bounds as a bar, what is promised as a dotted line. */
function Strip({ row, target, low, known }: StripProps): JSX.Element {
  const x = (value: number): number => Math.round(onStrip(value) * WIDTH * 10) / 10;
  const bounds = row.uptime_bounds_percent;
  const value = known ? row.uptime_percent : null;
  return (
    <svg class="strip" viewBox={`-6 0 ${WIDTH + 12} 24`} data-state={low ? "down" : undefined}>
      <line class="strip-scale" x1="0" x2={WIDTH} y1={MIDDLE} y2={MIDDLE} />
      {bounds !== null && (
        <rect
          class="strip-bounds"
          x={x(bounds[0])}
          y={MIDDLE - 4}
          width={Math.max(1.5, x(bounds[1]) - x(bounds[0]))}
          height="8"
        />
      )}
      {target !== null && (
        <line class="strip-target" x1={x(target)} x2={x(target)} y1="2" y2="22" />
      )}
      {value !== null &&
        (value < 95 ? (
          // Off the scale: an arrow, for a dot would say 95.
          <path class="strip-value" d={`M-5 ${MIDDLE} l8 -5 v10 Z`} />
        ) : (
          <circle class="strip-value" cx={x(value)} cy={MIDDLE} r="4.5" />
        ))}
    </svg>
  );
}
