/** Where all that is known of one device comes from: whole as a page, short as a card. */

import type { JSX } from "preact";
import { ask } from "../../shared/api/client";
import type { RegisterField } from "../../shared/api/schema";
import { useAnswer } from "../answer";
import { useDesk } from "../context";
import { Link } from "../navigation";
import { devicePath, pagePath } from "../route";
import { moment } from "../texts";
import { FindingCard } from "./finding";
import { fieldWord, valueWord, whoWord } from "./said";
import "./style.css";

function useProvenance(device: string) {
  return useAnswer(`register ${device}`, (signal) =>
    ask("GET /register/{device_id}", { at: [device], signal }),
  );
}

function useSources(): ReadonlyMap<string, string> {
  const { value } = useAnswer("scores", (signal) => ask("GET /scores", { signal }));
  return new Map(value?.items.map((one) => [one.source, one.name]));
}

export function Provenance({ device }: { device: string }): JSX.Element {
  const { words, zone, city } = useDesk();
  const { value, trouble, renew } = useProvenance(device);
  const sources = useSources();
  const name =
    city?.devices.get(device)?.name ??
    value?.fields.find((one) => one.field === "name")?.value ??
    device;
  return (
    <>
      <p class="crumbs">
        <Link to={pagePath("register")}>{words.say("page.register")}</Link> ›{" "}
        <Link to={devicePath(device)}>{name}</Link>
      </p>
      <h1 data-test="title">
        {name}: {words.say("register.provenance")}
      </h1>
      {value === null ? (
        <p class="empty">
          {words.say(
            trouble === null
              ? "loading"
              : trouble.status === 404
                ? "register.no_device"
                : "problem.unreachable",
          )}
        </p>
      ) : (
        <>
          {value.fields.length === 0 ? (
            <p class="empty">{words.say("register.in_no_list")}</p>
          ) : (
            <table class="list provenance" data-test="provenance">
              <thead>
                <tr>
                  <th>{words.say("register.column.field")}</th>
                  <th>{words.say("register.column.in_force")}</th>
                  <th>{words.say("register.column.from")}</th>
                  <th>{words.say("register.column.since")}</th>
                  <th>{words.say("register.column.others")}</th>
                </tr>
              </thead>
              <tbody>
                {inOrder(value.fields).map((one) => (
                  <FieldRow key={one.field} field={one} sources={sources} />
                ))}
              </tbody>
            </table>
          )}
          {value.identities.length > 0 && (
            <section class="card" data-test="identities">
              <h2>{words.say("register.identities")}</h2>
              <dl>
                {value.identities.map((one) => (
                  <>
                    <dt>{words.find(`register.identity.${one.key}`) ?? one.key}</dt>
                    <dd>
                      {one.value}{" "}
                      <small class="quiet">
                        {words.say("register.last_said", {
                          at: moment(Date.parse(one.last_seen_at), zone, words),
                        })}
                      </small>
                    </dd>
                  </>
                ))}
              </dl>
            </section>
          )}
          <div class="findings">
            {value.findings.map((one) => (
              <FindingCard key={one.id} finding={one} sources={sources} onDecided={renew} />
            ))}
          </div>
        </>
      )}
    </>
  );
}

/** The name first; the others as they came. */
function inOrder(fields: readonly RegisterField[]): RegisterField[] {
  const rank = (one: RegisterField): number => (one.field === "name" ? 0 : 1);
  return [...fields].sort((one, other) => rank(one) - rank(other));
}

interface FieldRowProps {
  readonly field: RegisterField;
  readonly sources: ReadonlyMap<string, string>;
}

function FieldRow({ field, sources }: FieldRowProps): JSX.Element {
  const { words, zone, areas } = useDesk();
  const others = field.others.filter((one) => one.value !== field.value);
  return (
    <tr class={others.length > 0 && field.field !== "name" ? "differs" : ""}>
      <td>{fieldWord(field.field, words)}</td>
      <td>
        <b>{valueWord(field.field, field.value, areas, words)}</b>
      </td>
      <td>
        {field.source === null
          ? words.say("register.by_decision")
          : whoWord(field.source, sources, words)}
      </td>
      <td>{moment(Date.parse(field.seen_at), zone, words)}</td>
      <td>
        {others.map((one) => (
          <div key={`${one.source} ${one.key}`}>
            {valueWord(field.field, one.value, areas, words)}{" "}
            <small class="quiet">{whoWord(one.source, sources, words)}</small>
          </div>
        ))}
      </td>
    </tr>
  );
}

const SHOWN = ["name", "address", "serial", "mac", "vendor", "model", "owner_name", "area"];

/** On a device's page: which list each of the main fields comes from. Nothing without lists. */
export function ProvenanceCard({ device }: { device: string }): JSX.Element | null {
  const { words, areas } = useDesk();
  const { value } = useProvenance(device);
  const sources = useSources();
  if (value === null || (value.fields.length === 0 && value.findings.length === 0)) return null;
  const open = value.findings.filter((one) => one.state === "open" || one.state === "stale");
  return (
    <section class="card" data-test="provenance-card">
      <div class="card-head">
        <h2>{words.say("register.provenance")}</h2>
        <Link to={pagePath("register", device)}>{words.say("register.all_fields")}</Link>
      </div>
      <dl>
        {value.fields
          .filter((one) => SHOWN.includes(one.field))
          .map((one) => (
            <>
              <dt>{fieldWord(one.field, words)}</dt>
              <dd>
                {valueWord(one.field, one.value, areas, words)}{" "}
                <small class="quiet">
                  {one.source === null
                    ? words.say("register.by_decision")
                    : whoWord(one.source, sources, words)}
                </small>
              </dd>
            </>
          ))}
      </dl>
      {open.length > 0 && (
        <p>
          <Link to={pagePath("register", device)}>
            {words.count("register.open_findings", open.length)}
          </Link>
        </p>
      )}
    </section>
  );
}
