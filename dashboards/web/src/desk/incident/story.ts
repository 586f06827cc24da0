/**
 * What happened in an incident, as lines to read: the API's timeline, with what belongs together in
 * one line, and what is so now at its end. Pure.
 */

import type { IncidentDetail, NotificationView, TimelineLine } from "../../shared/api/schema";
import { causeWord, joined, stateOf, subject } from "../texts";
import type { Words } from "../words";

export interface Line {
  readonly key: string;
  readonly at: number;
  readonly title: string;
  /** Whose, why, which; may be empty. */
  readonly detail: string;
  /** `bad`: something broke; `person`: somebody did it; `plain`: Pantau says so. */
  readonly tone: "bad" | "person" | "plain";
}

/** Names that stand in one line; what is beyond is counted. */
const MOST_NAMES = 4;

export function tell(
  incident: IncidentDetail,
  notifications: readonly NotificationView[],
  now: number,
  words: Words,
): Line[] {
  const lines: Line[] = [
    {
      key: "first",
      at: Date.parse(incident.started_at),
      title: words.say("line.first", { name: subject(incident, words) }),
      detail: "",
      tone: "bad",
    },
  ];
  for (const group of groups(incident.timeline)) lines.push(line(group, incident, words));
  for (const one of notifications) lines.push(told(one, words));
  lines.sort((a, b) => a.at - b.at); // stable: what happened at one moment keeps its order
  if (incident.timeline_left_out > 0) {
    lines.push({
      key: "left-out",
      at: lines.at(-1)?.at ?? now,
      title: words.count("line.left_out", incident.timeline_left_out),
      detail: "",
      tone: "plain",
    });
  }
  if (incident.recovered_at === null) {
    lines.push({
      key: "now",
      at: now,
      title: words.say("line.now", { state: words.say(`state.${stateOf(incident)}`) }),
      detail: "",
      tone: "plain",
    });
  }
  return lines;
}

/** Who was told, over which way, and whether it arrived. */
function told(one: NotificationView, words: Words): Line {
  const receiver = one.receiver;
  const key =
    one.purpose === "escalation" || one.purpose === "repeat" || one.purpose === "recovered"
      ? (`told.${one.purpose}` as const)
      : "told.line";
  return {
    key: `n${one.id}`,
    at: Date.parse(one.sent_at ?? one.created_at),
    title: words.say(key, { receiver }),
    detail: joined(
      one.channel,
      words.say(`told.state.${one.state}`, { answer: one.answer }),
      one.maybe_twice ? words.say("told.maybe_twice") : "",
    ),
    tone: "plain",
  };
}

/** Lines about single outages that follow one another and say the same are one. */
function groups(lines: readonly TimelineLine[]): TimelineLine[][] {
  const found: TimelineLine[][] = [];
  for (const one of lines) {
    const last = found.at(-1)?.[0];
    const joins = one.kind === "outage_joined" || one.kind === "outage_ended";
    if (joins && last !== undefined && last.kind === one.kind && last.text === one.text) {
      found.at(-1)?.push(one);
    } else found.push([one]);
  }
  return found;
}

function line(group: readonly TimelineLine[], incident: IncidentDetail, words: Words): Line {
  const [one] = group;
  if (one === undefined) throw new Error("a group without a line");
  const base = { key: String(one.id), at: Date.parse(one.at) };
  const by = one.author ?? "";
  switch (one.kind) {
    case "opened":
      return { ...base, title: words.say("line.opened"), detail: "", tone: "bad" };
    case "outage_joined":
      return {
        ...base,
        title: words.count("line.joined", group.length),
        detail: names(group, incident, words),
        tone: "bad",
      };
    case "outage_ended":
      return {
        ...base,
        title:
          one.text === "taken_back"
            ? words.count("line.taken_back", group.length)
            : words.count("line.ended", group.length),
        detail: names(group, incident, words),
        tone: "plain",
      };
    case "cause_proposed":
      return {
        ...base,
        title: words.say("line.proposed", { cause: causeWord(one.cause ?? "unknown", words) }),
        detail: one.rule === null ? "" : words.say(`rule.${one.rule}`),
        tone: "plain",
      };
    case "cause_corrected":
      return {
        ...base,
        title: words.say("line.corrected", {
          who: by,
          cause: causeWord(one.cause ?? "unknown", words),
        }),
        detail: one.text,
        tone: "person",
      };
    case "merged":
      return {
        ...base,
        title: words.say("line.merged", { id: one.other ?? "" }),
        detail: "",
        tone: "plain",
      };
    case "recovered":
      return { ...base, title: words.say("line.recovered"), detail: "", tone: "plain" };
    case "reopened":
      return { ...base, title: words.say("line.reopened"), detail: "", tone: "bad" };
    case "acknowledged":
      return {
        ...base,
        title: words.say("line.acknowledged", { who: by }),
        detail: one.text,
        tone: "person",
      };
    case "unacknowledged":
      return {
        ...base,
        title: words.say("line.withdrawn", { who: by }),
        detail: one.text,
        tone: "person",
      };
    case "note":
      return { ...base, title: one.text, detail: by, tone: "person" };
    case "resolved":
      return one.author === null
        ? {
            ...base,
            title: words.say("line.resolved_itself"),
            detail: one.text === "taken_back" ? words.say("line.untrue") : one.text,
            tone: "plain",
          }
        : {
            ...base,
            title: words.say("line.resolved", { who: by }),
            detail: one.text,
            tone: "person",
          };
  }
}

function names(group: readonly TimelineLine[], incident: IncidentDetail, words: Words): string {
  const byId = new Map(incident.first_outages.map((one) => [one.id, one.device_name]));
  const known = group.flatMap(({ outage }) => {
    const name = outage === null ? undefined : byId.get(outage);
    return name === undefined ? [] : [name];
  });
  const shown = [...new Set(known)].slice(0, MOST_NAMES);
  const rest = group.length - shown.length;
  if (rest <= 0 || shown.length === 0) return shown.join(", ");
  return `${shown.join(", ")} ${words.say("and_more", { n: words.number(rest) })}`;
}
