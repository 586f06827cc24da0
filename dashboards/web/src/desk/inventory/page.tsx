/** `/meja/perangkat`: every device, the worst first; only the rows in sight are drawn. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ask } from "../../shared/api/client";
import { count } from "../../shared/city";
import { BADNESS, STATES, type Device, type State } from "../../shared/model";
import { shortName } from "../../shared/places";
import { duration } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { useKeys } from "../keys";
import { go, Link, usePlace } from "../navigation";
import { Choice } from "../problems/filters";
import { devicePath, DEVICES, withQuery } from "../route";
import { useInSight } from "../rows";
import { areaName, capital, kindWord, reasonOf } from "../texts";
import { mayBeAddress, narrow } from "./rows";

/** Height of a row, and of one on a phone, as in pages.css and small.css. */
const ROW_PX = 44;
const PHONE_ROW_PX = 60;
const PHONE = "(max-width: 760px)";

export function DevicesPage(): JSX.Element {
  const { words, city, areas } = useDesk();
  const { query } = usePlace();
  const text = query.get("q") ?? "";
  const asked = query.get("keadaan");
  const state = asked !== null && asked in BADNESS ? (asked as State) : null;
  const kind = query.get("jenis");
  const area = query.get("wilayah");
  const also = useAddresses(text);
  const devices = city?.devices;
  const all = useMemo(() => [...(devices?.values() ?? [])], [devices]);
  const found = useMemo(
    () => narrow(all, { text, state: null, kind, area, also }),
    [all, text, kind, area, also],
  );
  const shown = useMemo(
    () => (state === null ? found : found.filter((one) => one.state === state)),
    [found, state],
  );
  const counts = useMemo(() => count(found), [found]);
  const to = (changes: Record<string, string | null>): string => withQuery(DEVICES, query, changes);

  return (
    <>
      <h1 data-test="title">
        {city === null
          ? words.say("page.devices")
          : words.count("devices.count", shown.length)}
      </h1>
      <nav
        class="chips"
        aria-label={words.say("filter.label")}
        hidden={city === null}
        data-test="chips"
      >
        <Link to={to({ keadaan: null })} class={state === null ? "chip on" : "chip"}>
          {words.say("filter.all")} {words.number(found.length)}
        </Link>
        {STATES.filter((one) => counts[one] > 0 || one === state).map((one) => (
          <Link
            key={one}
            to={to({ keadaan: one })}
            class={one === state ? "chip on" : "chip"}
          >
            <span data-state={one}>
              <Glyph name={one} />
            </span>{" "}
            {capital(words.say(`state.${one}`))} {words.number(counts[one])}
          </Link>
        ))}
        <Choice
          name={words.say("filter.kind")}
          value={kind}
          options={tally(all, (one) => one.kind, (one) => capital(kindWord(one, 1, words)))}
          onChoose={(value) => go(to({ jenis: value }), "replace")}
        />
        <Choice
          name={words.say("filter.area")}
          value={area}
          options={tally(
            all,
            (one) => one.area,
            (code) => shortName(areas.get(code) ?? code),
          )}
          onChoose={(value) => go(to({ wilayah: value }), "replace")}
        />
      </nav>
      {shown.length > 0 ? (
        <Rows devices={shown} areas={areas} />
      ) : (
        <p class="empty" data-test="empty">
          {city === null ? (
            words.say("loading")
          ) : all.length === 0 ? (
            words.say("devices.empty")
          ) : (
            <>
              {words.count("devices.filtered", all.length)}{" "}
              <Link to={DEVICES}>{words.say("filter.clear")}</Link>
            </>
          )}
        </p>
      )}
    </>
  );
}

function tally(
  devices: readonly Device[],
  valueOf: (device: Device) => string,
  label: (value: string) => string,
): { value: string; label: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const one of devices) counts.set(valueOf(one), (counts.get(valueOf(one)) ?? 0) + 1);
  return [...counts]
    .map(([value, number]) => ({ value, label: label(value), count: number }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

const NOTHING: ReadonlySet<string> = new Set();

/** Ids of devices whose address holds the text: the stream has no addresses, the API does. */
function useAddresses(text: string): ReadonlySet<string> {
  const asked = mayBeAddress(text) ? text.trim() : "";
  const { value } = useAnswer(`address ${asked}`, (signal) =>
    asked === ""
      ? Promise.resolve(null)
      : ask("GET /devices", { query: { q: asked, limit: 500 }, signal }),
  );
  return useMemo(() => (value === null ? NOTHING : new Set(value.items.map(({ id }) => id))), [value]);
}

interface RowsProps {
  readonly devices: readonly Device[];
  readonly areas: ReadonlyMap<string, string>;
}

function Rows({ devices, areas }: RowsProps): JSX.Element {
  const { words } = useDesk();
  const list = useRef<HTMLDivElement>(null);
  const [focus, setFocus] = useState(0);
  const { first, last, rowPx, show } = useInSight(list, devices.length, () =>
    matchMedia(PHONE).matches ? PHONE_ROW_PX : ROW_PX,
  );
  useEffect(() => setFocus(0), [devices.length]);
  const move = (by: number): void => {
    const next = Math.min(devices.length - 1, Math.max(0, focus + by));
    setFocus(next);
    show(next);
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>(`[data-row="${next}"] a`)?.focus(),
    );
  };
  useKeys({ j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1) });

  return (
    <div
      class="inventory"
      role="table"
      aria-label={words.say("page.devices")}
      aria-rowcount={devices.length}
      ref={list}
    >
      <div style={{ height: `${first * rowPx}px` }} />
      {devices.slice(first, last).map((device, index) => (
        <Row
          key={device.id}
          device={device}
          index={first + index}
          area={areaName(device.area, areas)}
          onFocus={() => setFocus(first + index)}
        />
      ))}
      <div style={{ height: `${(devices.length - last) * rowPx}px` }} />
    </div>
  );
}

interface RowProps {
  readonly device: Device;
  readonly index: number;
  readonly area: string;
  readonly onFocus: () => void;
}

function Row({ device, index, area, onFocus }: RowProps): JSX.Element {
  const { words, at } = useDesk();
  const { state } = device;
  return (
    <div
      class="device"
      role="row"
      aria-rowindex={index + 1}
      data-state={state}
      data-row={index}
      data-test="device"
      onClick={() => go(devicePath(device.id))}
      onFocusCapture={onFocus}
    >
      <span role="cell" class="cell-state">
        <Glyph name={state} />
        {capital(words.say(`state.${state}`))}
      </span>
      <span role="cell" class="cell-name">
        <Link to={devicePath(device.id)} class="strong">
          {device.name}
        </Link>
      </span>
      <span role="cell" class="cell-kind">{capital(kindWord(device.kind, 1, words))}</span>
      <span role="cell" class="cell-site">
        {device.siteName} · {area}
      </span>
      <span role="cell" class="cell-reason">{state === "up" ? "" : reasonOf(device, words)}</span>
      <span role="cell" class="cell-duration">
        {device.since === null ? "–" : duration(at - device.since, words)}
      </span>
    </div>
  );
}
