/** Around a device: what it hangs on, how it has done, whose it is, what happened with it. */

import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { ask } from "../../shared/api/client";
import type { Device as DeviceView } from "../../shared/api/schema";
import { worst } from "../../shared/city";
import { add } from "../../shared/groups";
import { STATES, type Device, type State } from "../../shared/model";
import { duration, local, since } from "../../shared/time";
import { Glyph } from "../../shared/view/glyphs";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { Link } from "../navigation";
import { devicePath, incidentPath } from "../route";
import { capital, causeOf, kindWord, stateOf, subject } from "../texts";

const SITE_PAGE = 500;

/** What it stands behind, and what stands behind it: at its site, or cut off by it anywhere. */
export function NeighboursCard({ view }: { view: DeviceView }): JSX.Element | null {
  const { words, city } = useDesk();
  const { value } = useAnswer(`site ${view.site}`, (signal) =>
    ask("GET /devices", { query: { site: view.site, limit: SITE_PAGE }, signal }),
  );
  const devices = city?.devices ?? new Map<string, Device>();
  const parents = view.parents.flatMap((id) => devices.get(id) ?? []);
  const children = useMemo(() => {
    const ids = new Set(
      value?.items.filter((one) => one.parents.includes(view.id)).map(({ id }) => id) ?? [],
    );
    for (const one of devices.values()) if (one.cause === view.id) ids.add(one.id);
    return [...ids].flatMap((id) => devices.get(id) ?? []);
  }, [value, devices, view.id]);
  if (parents.length === 0 && children.length === 0) return null;
  const groups = new Map<string, Device[]>();
  for (const child of children) add(groups, `${child.kind}|${child.state}`, child);
  const self = devices.get(view.id)?.state ?? (view.state as State);
  return (
    <section class="card neighbours" data-test="neighbours">
      <h2>{words.say("neighbours.title")}</h2>
      {parents.length > 0 && (
        <ul>
          {parents.map((one) => (
            <li key={one.id} data-state={one.state}>
              <Glyph name={one.state} />
              <Link to={devicePath(one.id)}>{one.name}</Link>
              <small>{words.say(`state.${one.state}`)}</small>
            </li>
          ))}
        </ul>
      )}
      <p class="self" data-state={self}>
        <Glyph name={self} />
        <b>{view.name}</b>
        <small>{words.say(`state.${self}`)}</small>
      </p>
      {children.length > 0 && (
        <ul class="children">
          {[...groups.values()]
            .sort((a, b) => STATES.indexOf(worst(a)) - STATES.indexOf(worst(b)))
            .map((group) => (
              <Group key={`${group[0]?.kind} ${group[0]?.state}`} group={group} />
            ))}
        </ul>
      )}
      {children.some((one) => one.cause === view.id) && (
        <p class="quiet">{words.say("neighbours.held")}</p>
      )}
    </section>
  );
}

function Group({ group }: { group: readonly Device[] }): JSX.Element | null {
  const { words } = useDesk();
  const [first] = group;
  if (first === undefined) return null;
  return (
    <li data-state={first.state}>
      <Glyph name={first.state} />
      {group.length === 1 ? (
        <Link to={devicePath(first.id)}>{first.name}</Link>
      ) : (
        <details>
          <summary>
            {words.number(group.length)} {kindWord(first.kind, group.length, words)}
          </summary>
          <ul>
            {group.map((one) => (
              <li key={one.id}>
                <Link to={devicePath(one.id)}>{one.name}</Link>
              </li>
            ))}
          </ul>
        </details>
      )}
      <small>{words.say(`state.${first.state}`)}</small>
    </li>
  );
}

/** A percentage as people write it, never rounded up: 99,996 is 99,99. */
export function percent(value: number | null, language: "id" | "en"): string {
  if (value === null) return "–";
  const format = new Intl.NumberFormat(language === "id" ? "id-ID" : "en-GB", {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  // 99.99 * 100 is 9998.999…: what is a hair below a hundredth is that hundredth.
  return `${format.format(Math.floor(value * 100 + 1e-6) / 100)}%`;
}

/** Less of the window seen than this: a figure would say more than is known. */
const LEAST_COVERAGE_PERCENT = 90;

export function UptimeCard({ device, version }: { device: string; version: string }): JSX.Element {
  const { words, at, zone } = useDesk();
  const { year, month } = local(at, zone);
  const window = `${year}-${String(month).padStart(2, "0")}`;
  const { value, renew } = useAnswer(`uptime ${device} ${window}`, (signal) =>
    ask("GET /uptime", { query: { device, month: window, group_by: "device" }, signal }),
  );
  useEffect(renew, [version]);
  const row = value?.items[0];
  const { language } = words;
  const enough = row !== undefined && (row.coverage_percent ?? 0) >= LEAST_COVERAGE_PERCENT;
  const bounds = row?.uptime_bounds_percent ?? null;
  return (
    <section class="card" data-test="uptime">
      <h2>{words.say("uptime.title", { month: words.month(month), year })}</h2>
      {row === undefined ? (
        <p class="quiet">{words.say(value === null ? "loading" : "uptime.none")}</p>
      ) : (
        <>
          <dl>
            <dt>{words.say("uptime.service")}</dt>
            <dd>
              <b>{enough ? percent(row.uptime_percent, language) : "–"}</b>
            </dd>
            <dt>{words.say("uptime.device")}</dt>
            <dd>
              <b>{enough ? percent(row.device_uptime_percent, language) : "–"}</b>
            </dd>
            {bounds !== null && (
              <>
                <dt>{words.say("uptime.bounds")}</dt>
                <dd>
                  {percent(bounds[0] ?? null, language)} – {percent(bounds[1] ?? null, language)}
                </dd>
              </>
            )}
            <dt>{words.say("uptime.coverage")}</dt>
            <dd>{percent(row.coverage_percent, language)}</dd>
            <dt>{words.say("uptime.outages")}</dt>
            <dd>
              {words.number(row.outages)}
              {row.mttr_seconds !== null &&
                ` · ${words.say("uptime.mttr", { time: duration(row.mttr_seconds * 1000, words) })}`}
            </dd>
          </dl>
          {!enough && <p class="quiet">{words.say("uptime.too_little")}</p>}
        </>
      )}
    </section>
  );
}

export function OwnersCard({ view }: { view: DeviceView }): JSX.Element {
  const { words, owners } = useDesk();
  const name = (id: string | null): string => (id === null ? "–" : (owners.get(id) ?? id));
  const rows = [
    [words.say("owner.device"), name(view.owner)],
    [words.say("owner.link"), name(view.link_owner)],
    [words.say("owner.power"), name(view.power_owner)],
    [words.say("owner.profile"), view.profile],
    [words.say("owner.address"), view.address ?? "–"],
    [words.say("owner.id"), view.id],
    ...(view.tags.length === 0 ? [] : [[words.say("owner.tags"), view.tags.join(", ")]]),
  ];
  return (
    <section class="card" data-test="owners">
      <h2>{words.say("owner.title")}</h2>
      <dl>
        {rows.map(([term, value]) => (
          <>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}

const RECENT = 5;

export function IncidentsCard({ device, version }: { device: string; version: string }): JSX.Element {
  const { words, at, zone, incidents } = useDesk();
  const { value, renew } = useAnswer(`incidents of ${device}`, (signal) =>
    ask("GET /incidents", { query: { device, limit: RECENT }, signal }),
  );
  useEffect(renew, [version, incidents.open]);
  return (
    <section class="card" data-test="device-incidents">
      <h2>{words.say("device.incidents")}</h2>
      {value?.items.length === 0 && <p class="quiet">{words.say("device.no_incidents")}</p>}
      <ul class="entries">
        {value?.items.map((one) => {
          const began = Date.parse(one.started_at);
          const ended = one.recovered_at === null ? at : Date.parse(one.recovered_at);
          return (
            <li key={one.id} data-state={stateOf(one)}>
              <Glyph name={stateOf(one)} />
              <Link to={incidentPath(one.id)}>{subject(one, words)}</Link>
              <small>
                {capital(since(began, at, zone, words))} · {duration(ended - began, words)} ·{" "}
                {causeOf(one, words)}
              </small>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
