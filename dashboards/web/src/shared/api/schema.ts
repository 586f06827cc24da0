/**
 * The shapes of the API, made from its description by `make web-types`; not to be edited.
 *
 * Moments are ISO 8601 in UTC. `Routes` is every route under /api/v1.
 */

/** Taking an incident in hand. */
export interface AcknowledgeBody {
  /** What is done about it, if anything yet. */
  readonly text?: string;
}

/** Incidents that somebody was first told of in the window, and how long nobody had them. */
export interface AcknowledgedView {
  readonly incidents: number;
  readonly acknowledged: number;
  /** Since the first message. */
  readonly median_seconds: number | null;
  /** Nine of ten took no longer. */
  readonly p90_seconds: number | null;
}

/** The device that an entry has become. */
export interface AdoptedView {
  readonly entry: number;
  readonly device: string;
  readonly name: string;
  readonly kind: string;
  readonly site: string;
  readonly profile: string;
  /** False: it had been adopted before. */
  readonly created: boolean;
  /** The collector has it already; else it will in a few seconds. */
  readonly watched: boolean;
}

/** As what something is adopted. What is left out is as suggested. */
export interface AdoptionBody {
  /** Id of the site it stands at. */
  readonly site: string;
  /** Id of the new device. */
  readonly id?: string | null;
  /** Name for people. */
  readonly name?: string | null;
  /** What it is. */
  readonly kind?: string | null;
  /** Name of a device profile. */
  readonly profile?: string | null;
  /** Owner of the device. */
  readonly owner?: string | null;
  /** Owner of its link. */
  readonly link_owner?: string | null;
  /** Owner of its power. */
  readonly power_owner?: string | null;
  /** What feeds it. */
  readonly power_feeder?: string | null;
  /** How often it publishes, such as `10m`. */
  readonly telemetry_period?: string | null;
  /** Its address, if it is asked too. */
  readonly address?: string | null;
  /** Names of credentials. */
  readonly credentials?: readonly string[];
  /** Devices behind which it stands. */
  readonly parents?: readonly string[];
  /** Words to filter by. */
  readonly tags?: readonly string[];
}

/** What is wrong, and so what to do. */
export type AdviceKind = "dead" | "no_route" | "flapping" | "stale" | "more_stale" | "half" | "critical" | "fleeting" | "flood" | "per_day" | "not_acknowledged" | "slow";

/** One thing to do. */
export interface AdviceView {
  readonly kind: AdviceKind;
  readonly device: string | null;
  /** In Indonesian. */
  readonly id: string;
  /** In English. */
  readonly en: string;
}

/** The health of alarms in a window. */
export interface AlarmHealth {
  readonly from: string;
  readonly to: string;
  /** That of the worst measure. */
  readonly verdict: VerdictWords;
  readonly measures: readonly JudgedMeasure[];
  readonly told: ToldView;
  readonly raised: RaisedView;
  /** The most first. */
  readonly held: readonly HeldView[];
  /** The ten noisiest devices. */
  readonly noisy: readonly NoisyDevice[];
  /** Their share of all own alerts. */
  readonly noisy_percent: number;
  readonly chattering: ChatteringView;
  readonly fleeting: FleetingView;
  readonly stale: StaleView;
  readonly acknowledged: AcknowledgedView;
  /** What matters most first. */
  readonly advice: readonly AdviceView[];
}

/** An alert with all that was decided about it, oldest first. */
export interface AlertDetail {
  readonly id: number;
  /** `collector:ID` for a collector that is gone. */
  readonly device: string;
  /** null: no device of the inventory. */
  readonly device_name: string | null;
  readonly kind: string | null;
  readonly site: string | null;
  readonly site_name: string | null;
  readonly area: string | null;
  readonly area_name: string | null;
  readonly owner: string | null;
  readonly state: State;
  readonly severity: Severity;
  readonly began_at: string;
  readonly confirmed_at: string;
  /** When this state began. */
  readonly state_at: string | null;
  /** Why the device is in this state. */
  readonly reason: Reason;
  readonly detail: string;
  /** The device that cuts it off. */
  readonly root: string | null;
  readonly incident: number | null;
  readonly flapping: boolean;
  /** null: firing. */
  readonly ended_at: string | null;
  readonly end_confirmed_at: string | null;
  /** Where it was held; `send`: it was told; null: not decided yet. */
  readonly stage: Stage | null;
  /** Why it is held; null: it is not. */
  readonly hold_reason: HoldReason | null;
  /** Which window, silence, parent, route. */
  readonly hold_detail: string;
  readonly decided_at: string | null;
  /** When it is decided again without other news. */
  readonly until_at: string | null;
  readonly decisions: readonly api__schemas__alerts__DecisionView[];
  /** From the middle: of very many not all are kept. */
  readonly decisions_left_out: number;
  readonly threads: readonly AlertThread[];
}

/** Alerts, newest first. */
export interface AlertPage {
  readonly items: readonly AlertView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** A thread that an alert was told in, and its part there. */
export interface AlertThread {
  readonly id: number;
  /** Such as `incident:12`, `device:cam-1`, `storm:…`. */
  readonly key: string;
  readonly opened_at: string;
  readonly closed_at: string | null;
  readonly severity: Severity;
  /** null: nobody was told. */
  readonly first_told_at: string | null;
  /** The last time. */
  readonly told_at: string | null;
  /** Steps of the escalation that were taken. */
  readonly escalated: number;
  /** Who were told of it. */
  readonly receivers: readonly string[];
  /** Whose quiet hours it waits for. */
  readonly waiting: readonly string[];
  /** Key of the storm that it is told in. */
  readonly storm: string | null;
  readonly joined_at: string;
  readonly left_at: string | null;
  /** false: told as a count, with the one that leads. */
  readonly leads: boolean;
  /** null: not named in a message yet. */
  readonly told_state: State | null;
}

/** That a device is in a state that somebody should know, and what was decided about it. */
export interface AlertView {
  readonly id: number;
  /** `collector:ID` for a collector that is gone. */
  readonly device: string;
  /** null: no device of the inventory. */
  readonly device_name: string | null;
  readonly kind: string | null;
  readonly site: string | null;
  readonly site_name: string | null;
  readonly area: string | null;
  readonly area_name: string | null;
  readonly owner: string | null;
  readonly state: State;
  readonly severity: Severity;
  readonly began_at: string;
  readonly confirmed_at: string;
  /** When this state began. */
  readonly state_at: string | null;
  /** Why the device is in this state. */
  readonly reason: Reason;
  readonly detail: string;
  /** The device that cuts it off. */
  readonly root: string | null;
  readonly incident: number | null;
  readonly flapping: boolean;
  /** null: firing. */
  readonly ended_at: string | null;
  readonly end_confirmed_at: string | null;
  /** Where it was held; `send`: it was told; null: not decided yet. */
  readonly stage: Stage | null;
  /** Why it is held; null: it is not. */
  readonly hold_reason: HoldReason | null;
  /** Which window, silence, parent, route. */
  readonly hold_detail: string;
  readonly decided_at: string | null;
  /** When it is decided again without other news. */
  readonly until_at: string | null;
}

/** The process of alerts, as it last said. */
export interface AlertsHealth {
  readonly at: string;
  readonly alive: boolean;
  readonly started_at: string;
  readonly firing: number;
  readonly lag_transitions: number;
  /** When the outside watcher took a sign of life. */
  readonly heartbeat_at: string | null;
  readonly channels: readonly ChannelHealth[];
}

/** The process answers. */
export interface Alive {
  readonly alive: boolean;
}

/** The process that answers. Counts are since its start. */
export interface ApiHealth {
  readonly started_at: string;
  readonly version: string;
  readonly python: string;
  /** The live stream follows the store. */
  readonly following: boolean;
  /** Pages that follow live now. */
  readonly streams: number;
  /** Streams too slow, set back to a snapshot. */
  readonly overflows: number;
}

/** Codes of areas by code and time. */
export interface AreaCodePage {
  readonly items: readonly AreaCodeView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** A code of an area, from one day to another. */
export interface AreaCodeView {
  readonly code: string;
  readonly name: string;
  readonly bps_code: string | null;
  /** Null: as far back as is known. */
  readonly valid_from: string | null;
  /** The last day; null: in force. */
  readonly valid_to: string | null;
  readonly replaces: readonly string[];
  /** The decree that says so. */
  readonly basis: string;
}

/** Devices by state in one area (its own devices, not those of areas below it). */
export interface AreaCounts {
  readonly total: number;
  readonly up: number;
  readonly degraded: number;
  readonly down: number;
  readonly unreachable: number;
  readonly unknown: number;
  readonly maintenance: number;
  readonly code: string;
  readonly name: string;
}

/** All areas by code; `next` is always null. */
export interface AreaPage {
  readonly items: readonly AreaView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** An administrative area with its Kemendagri code. */
export interface AreaView {
  readonly code: string;
  readonly name: string;
  /** IANA zone where it differs from its parent's. */
  readonly zone: string | null;
  readonly parent: string | null;
  /** Its code at BPS, where it is known. */
  readonly bps_code: string | null;
  /** First day of the code; null: not known, or none. */
  readonly valid_from: string | null;
  /** Its last day; null: in force. */
  readonly valid_to: string | null;
  /** Codes that it came from. */
  readonly replaces: readonly string[];
}

/** What people did, newest first. */
export interface AuditPage {
  readonly items: readonly AuditView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** That somebody did something. Never changed, never deleted. */
export interface AuditView {
  readonly id: number;
  readonly at: string;
  /** Name of a token, or of who pressed a link. */
  readonly author: string;
  /** Thing, dot, verb: `incident.acknowledge`. */
  readonly action: string;
  /** `incident:12`, `silence:3`. */
  readonly object: string;
  /** The reason, the words. */
  readonly detail: string;
}

/** A person's word on the cause of an outage. */
export interface CauseBody {
  readonly cause: CauseClass;
  /** Why you say so; it stays in the trace. */
  readonly reason: string;
}

/** What an outage is put down to. It decides whose minutes they are. */
export type CauseClass = "device" | "link" | "power" | "upstream" | "planned" | "unknown";

/** The figures of incidents of one cause. */
export interface CauseFigures {
  readonly incidents: number;
  readonly acknowledged: number;
  /** Mean from when we were sure until acknowledged. */
  readonly mtta_seconds: number | null;
  /** The same from the first failed probe. */
  readonly mtta_from_start_seconds: number | null;
  readonly recovered: number;
  /** Mean from start to recovery. */
  readonly mttr_seconds: number | null;
  readonly longest_seconds: number | null;
  /** Id of the incident that took longest. */
  readonly longest: number | null;
  readonly cause: CauseClass;
}

/** Which rule proposed a cause class. The catalogues translate it. */
export type CauseRule = "no_evidence" | "in_maintenance" | "parent_down" | "ups_on_battery" | "many_at_site" | "many_on_feeder" | "many_in_area" | "network_said" | "neighbours_up";

/** How sure it is that an indicator says this, and that the evidence fits. */
export type Certainty = "certain" | "likely" | "unverified";

/** A channel of alerts. Counts are since the process began. */
export interface ChannelHealth {
  readonly name: string;
  readonly pending: number;
  readonly waiting_since_at: string | null;
  readonly sent: number;
  readonly sent_at: string | null;
  readonly failed: number;
  /** In all, and not tried again since. */
  readonly given_up: number;
}

/** Devices that chatter. */
export interface ChatteringView {
  readonly devices: number;
  /** Ten at most. */
  readonly items: readonly NoisyDevice[];
}

/** All checks of a device; `next` is always null. */
export interface CheckPage {
  readonly items: readonly CheckView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** A check with its last result. */
export interface CheckView {
  readonly id: string;
  readonly name: string;
  readonly probe: string;
  readonly role: Role;
  readonly interval_seconds: number;
  readonly timeout_seconds: number;
  readonly verdict: collector__model__states__Verdict;
  readonly since: string | null;
  readonly confirmed_at: string | null;
  readonly reason: Reason;
  readonly detail: string;
  readonly outcome: Outcome;
  readonly latency_seconds: number | null;
  readonly last_slot_at: string | null;
  readonly last_result_at: string | null;
}

/** A collector and whether it is heard of. */
export interface Collector {
  readonly id: string;
  readonly heartbeat_at: string;
  readonly alive: boolean;
  /** By how much its checks run late; 0: they are on time. */
  readonly late_seconds: number;
}

/** A collector. Counts are since its start; null: it does not say. */
export interface CollectorHealth {
  readonly id: string;
  readonly alive: boolean;
  readonly started_at: string;
  readonly heartbeat_at: string;
  readonly checks_due: number | null;
  readonly checks_done: number | null;
  /** Not asked while a ping fails. */
  readonly checks_skipped: number | null;
  /** Slots left out: this machine had no time for them. */
  readonly checks_missed: number | null;
  readonly checks_under_way: number | null;
  /** Slots left out: the check before was still under way. */
  readonly checks_overrun: number | null;
  /** Answers that were missed because the collector was late. */
  readonly checks_blind: number | null;
  /** Due now, and waiting for this machine. */
  readonly checks_waiting: number | null;
  /** How long the oldest of them has waited. */
  readonly checks_behind_seconds: number | null;
  readonly check_late_p50_seconds: number | null;
  readonly check_late_p99_seconds: number | null;
  readonly loop_lag_worst_seconds: number | null;
  /** Share of one core that it used in the last minute. */
  readonly cpu_share: number | null;
  /** Done in the last minute. */
  readonly checks_a_minute: number | null;
  readonly readings_refused: number | null;
  /** 1 or 0; null: no broker is set. */
  readonly mqtt_connected: number | null;
  /** 1 or 0; null: no traps are set. */
  readonly traps_listening: number | null;
}

/** A column of the list and what it was taken for. */
export interface ColumnView {
  readonly letter: string;
  readonly heading: string;
  readonly field: string | null;
  /** `given`, `remembered`, `proposed`, `unused` (said so) or `unknown`. */
  readonly why: string;
  /** Its first values. */
  readonly examples: readonly string[];
}

/** What a person said of the cause, and when. None is ever overwritten. */
export interface Correction {
  readonly cause: CauseClass;
  readonly reason: string;
  readonly author: string;
  readonly made_at: string;
}

/** Devices by state. `maintenance` counts devices in a window, whatever their state. */
export interface Counts {
  readonly total: number;
  readonly up: number;
  readonly degraded: number;
  readonly down: number;
  readonly unreachable: number;
  readonly unknown: number;
  readonly maintenance: number;
}

/** What the courier last said. Counts are since its start. */
export interface CourierView {
  readonly at: string;
  readonly started_at: string;
  /** Whether it said so within half a minute. */
  readonly alive: boolean;
  readonly requests: number;
  /** Lines that InfluxDB has confirmed. */
  readonly lines: number;
  /** Tries that failed, by kind of trouble. */
  readonly retries: Readonly<Record<string, number>>;
  /** Requests that were too large or too slow. */
  readonly halved: number;
  /** Requests taken apart in search of a bad line. */
  readonly searched: number;
  readonly dead: number;
  readonly spool_failures: number;
}

/** Dead letters, newest first. */
export interface DeadLetterPage {
  readonly items: readonly DeadLetterView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** A line that InfluxDB will never take. */
export interface DeadLetterView {
  readonly id: number;
  /** When it was given up. */
  readonly at: string;
  /** HTTP status of the refusal; 0: Pantau's own. */
  readonly status: number;
  /** Why, in the server's words. */
  readonly words: string;
  /** The line, as it was sent. */
  readonly line: string;
}

/** A decision on a finding. */
export interface DecisionBody {
  /** One of the finding's `actions`. */
  readonly action: string;
  /** Why, for those who ask later. */
  readonly reason: string;
  /** Of the finding as it was looked at. */
  readonly digest: string;
  /** Id of the device; default: of the best list's row. */
  readonly device?: string | null;
  /** For `use`: field → value; default: as proposed. */
  readonly values?: Readonly<Record<string, string>> | null;
}

/** Decisions, newest first. */
export interface DecisionPage {
  readonly items: readonly api__schemas__quarantine__DecisionView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** What degraded time counts as. */
export type Degraded = "up" | "down";

/** What became of a notification. */
export type DeliveryState = "pending" | "sending" | "sent" | "dead" | "withdrawn";

/** A device and its state. */
export interface Device {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly site: string;
  readonly site_name: string;
  /** Code of the area that the site is in. */
  readonly area: string;
  readonly owner: string | null;
  readonly link_owner: string | null;
  readonly power_owner: string | null;
  readonly profile: string;
  readonly address: string | null;
  readonly parents: readonly string[];
  readonly state: State;
  readonly since: string | null;
  readonly confirmed_at: string | null;
  readonly reason: Reason;
  readonly detail: string;
  /** The root device when unreachable. */
  readonly cause: string | null;
  readonly flapping: boolean;
  readonly maintenance: boolean;
  readonly last_result_at: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly tags: readonly string[];
  /** When it left the inventory; lists omit it then. */
  readonly retired_at: string | null;
}

/** Devices by id. */
export interface DevicePage {
  readonly items: readonly Device[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** The disk that Pantau keeps things on. */
export interface DiskHealth {
  readonly free_bytes: number;
  readonly total_bytes: number;
  /** Bytes of `store`, `readings`, `spool`, where they are. */
  readonly files: Readonly<Record<string, number>>;
}

/** A device that a row in doubt may be about. */
export interface DoubtCandidate {
  readonly device: string;
  readonly name: string;
  /** The field that is the same, or `key`. */
  readonly because: string;
}

/** Something that was heard and is no device. */
export interface Entry {
  readonly id: number;
  /** Which listener heard it: `mqtt`. */
  readonly source: string;
  /** What it calls itself. */
  readonly name: string;
  /** `waiting`, `ignored` or `adopted`. */
  readonly state: string;
  readonly first_seen_at: string;
  readonly last_seen_at: string;
  readonly messages: number;
  readonly bytes: number;
  /** Topics it was heard on, ten at most. */
  readonly places: readonly string[];
  /** Keys and types of its last payload; never a value. */
  readonly shape: Readonly<Record<string, string>>;
  /** What it says of itself. */
  readonly about: Readonly<Record<string, string>>;
  readonly fits: readonly FitView[];
  readonly suggestion: SuggestionView | null;
  /** As which device it was adopted. */
  readonly device: string | null;
  readonly decided_at: string | null;
  readonly decided_by: string | null;
}

/** Entries, last heard first. */
export interface EntryPage {
  readonly items: readonly Entry[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** The public key that seals evidence packs here. */
export interface EvidenceKeyView {
  /** SHA-256 of the key, for `pantau verify`. */
  readonly fingerprint: string;
  /** Its 32 bytes, hexadecimal. */
  readonly public_key: string;
  /** The same as other programs read it. */
  readonly public_key_pem: string;
}

/** What is said of one field, by everybody who says something. */
export interface EvidenceView {
  readonly field: string;
  /** Null: one speaks, or it is a hint. */
  readonly agrees: boolean | null;
  readonly said: readonly SaidView[];
}

/** Why time is neither up nor down, in the order in which it is asked. Catalogues translate. */
export type ExclusionReason = "maintenance" | "outside_service_hours" | "cause_not_counted" | "short_outage";

/** A dataset, who answers for it, and what its fields mean. */
export interface ExportAbout {
  readonly dataset: string;
  /** Of the shape; another one: something is gone. */
  readonly version: number;
  readonly title: TwoLanguages;
  readonly description: TwoLanguages;
  /** `month`, or `current`. */
  readonly period: string;
  /** Who makes the data (produsen data). */
  readonly producer: string | null;
  /** Who publishes them (walidata). */
  readonly custodian: string | null;
  readonly license: string | null;
  readonly fields: readonly ExportField[];
}

/** The data dictionary. */
export interface ExportDictionary {
  readonly version: number;
  readonly datasets: readonly ExportAbout[];
}

/** What a field means. */
export interface ExportField {
  readonly name: string;
  /** text, code, whole, number, date, moment or month. */
  readonly type: string;
  readonly concept: TwoLanguages;
  readonly definition: TwoLanguages;
  readonly unit: string | null;
  readonly may_be_empty: boolean;
}

/** A dataset with its rows. */
export interface ExportFile {
  readonly dataset: string;
  /** Of the shape; another one: something is gone. */
  readonly version: number;
  readonly title: TwoLanguages;
  readonly description: TwoLanguages;
  /** `month`, or `current`. */
  readonly period: string;
  /** Who makes the data (produsen data). */
  readonly producer: string | null;
  /** Who publishes them (walidata). */
  readonly custodian: string | null;
  readonly license: string | null;
  readonly fields: readonly ExportField[];
  readonly month: string | null;
  readonly public: boolean;
  readonly made_at: string;
  /** Every field in each. */
  readonly rows: readonly (Readonly<Record<string, string | number | number | null>>)[];
}

/** A field that a row says otherwise than before. */
export interface FieldChange {
  /** What a list can say: `address`. */
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
}

/** How many findings of a kind stand where. */
export interface FindingCountView {
  readonly kind: string;
  readonly state: string;
  readonly count: number;
}

/** What can be found when lists are held against each other and against the network. */
export type FindingKind = "duplicate" | "conflict" | "ghost" | "unknown" | "moved" | "wrong_area";

/** Findings, the surest first. */
export interface FindingPage {
  readonly items: readonly RegisterFinding[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** A row that a finding is about. */
export interface FindingRowRef {
  readonly source: string;
  readonly key: string;
}

/** Where a finding stands in the queue. */
export type FindingState = "open" | "decided" | "stale" | "gone";

/** How many findings stand where, and when lists were last held together. */
export interface FindingSummary {
  readonly counts: readonly FindingCountView[];
  readonly reconciled: ReconciledView | null;
}

/** A profile that what was heard fits. */
export interface FitView {
  readonly profile: string;
  /** What it is called by that profile: its topic. */
  readonly name: string;
}

/** Own alerts that were over within five minutes after they were confirmed. */
export interface FleetingView {
  readonly alerts: number;
  readonly percent: number | null;
}

/** How the table is written. */
export type Format = "json" | "csv" | "csv-id";

/** What one row of an uptime table is about. */
export type GroupBy = "device" | "site" | "area" | "kind" | "owner";

/** Pantau about itself. */
export interface HealthView {
  readonly at: string;
  /** Nothing is wrong. */
  readonly healthy: boolean;
  /** The worst first. */
  readonly troubles: readonly TroubleView[];
  /** Null: the store cannot be read. */
  readonly collectors: readonly CollectorHealth[] | null;
  /** Where readings are kept. */
  readonly readings_kept: "file" | "influxdb";
  /** As `GET /spool`; null: there is none. */
  readonly spool: SpoolView | null;
  readonly alerts: AlertsHealth | null;
  /** `alerts` is set: somebody is to be told. */
  readonly expects_alerts: boolean;
  readonly disk: DiskHealth | null;
  readonly api: ApiHealth;
  /** What was heard and nobody has decided on. */
  readonly quarantine_waiting: number;
}

/** How many alerts were in no message, by why they were held last. */
export interface HeldView {
  readonly reason: HoldReason;
  readonly alerts: number;
}

/** Why an alert is held at a stage. Held is recorded, never forgotten. */
export type HoldReason = "in_maintenance" | "silenced" | "parent_down" | "power" | "flapping" | "acknowledged" | "too_short" | "not_wanted" | "no_route" | "quiet_hours" | "settling" | "storm" | "already_told" | "collector_gone" | "stale";

/** Something a device said of itself. */
export interface IdentityView {
  /** `serial_number`, `mac_address`, `sys_name` … */
  readonly key: string;
  readonly value: string;
  readonly first_seen_at: string;
  readonly last_seen_at: string;
}

/** What became of an import or of its undoing. */
export interface ImportApplied {
  readonly import: ImportView;
  /** How many devices lists keep watched now. */
  readonly devices: number;
}

/** An import of a file that was sent, as it was previewed. */
export interface ImportBody {
  /** Short name of a list, such as `dishub-cctv`. */
  readonly source: string;
  /** Of an XLSX file. */
  readonly sheet?: string | null;
  readonly columns?: Readonly<Record<string, string | null>> | null;
  readonly defaults?: Readonly<Record<string, string>> | null;
  readonly answers?: Readonly<Record<string, string>> | null;
  /** From the preview. */
  readonly upload: string;
  /** `plan` of the preview that was seen. */
  readonly plan: string;
}

/** How many rows an import found to be what. */
export interface ImportCountsView {
  readonly created: number;
  readonly changed: number;
  readonly same: number;
  readonly retired: number;
}

/** One import with the rows that it changed: the first 1,000 of `items_total`. */
export interface ImportDetail {
  readonly id: number;
  readonly source: string;
  readonly file: string;
  readonly sheet: string | null;
  readonly counts: ImportCountsView;
  readonly author: string;
  readonly at: string;
  /** It took back that import. */
  readonly undoes: number | null;
  /** It was taken back by that one. */
  readonly undone_by: number | null;
  /** It is the last of its list. */
  readonly undoable: boolean;
  readonly items: readonly ImportItem[];
  readonly items_total: number;
}

/** What an import would do to one row, or did. */
export interface ImportItem {
  /** `created`, `changed`, `same` or `retired`. */
  readonly outcome: string;
  readonly key: string;
  readonly device: string | null;
  readonly name: string | null;
  /** null: the list has no such row any more. */
  readonly row: number | null;
  /** Whether the device is watched by what lists say. */
  readonly watched: boolean;
  /** `hand_written`: another inventory file has it; `no_address`. */
  readonly why_not: string | null;
  readonly changes: readonly FieldChange[];
}

/** Imports and undoings, newest first. */
export interface ImportPage {
  readonly items: readonly ImportView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** How far the list that is being read or imported now is. */
export interface ImportProgress {
  /** `reading`, `rows` or `file` (writing); null: nothing is. */
  readonly what: string | null;
  /** Rows that were read. */
  readonly done: number;
  /** Rows that there are; 0: not known yet. */
  readonly of: number;
  /** How many lists come after it. */
  readonly waiting: number;
}

/** An import that was done, or the undoing of one. */
export interface ImportView {
  readonly id: number;
  readonly source: string;
  readonly file: string;
  readonly sheet: string | null;
  readonly counts: ImportCountsView;
  readonly author: string;
  readonly at: string;
  /** It took back that import. */
  readonly undoes: number | null;
  /** It was taken back by that one. */
  readonly undone_by: number | null;
  /** It is the last of its list. */
  readonly undoable: boolean;
}

/** An incident with what happened in it. */
export interface IncidentDetail {
  readonly id: number;
  readonly group: IncidentGroup;
  /** Id of the device or site, name of the feeder, code of the area. */
  readonly group_key: string;
  /** The root device; null for places. */
  readonly device: string | null;
  readonly device_name: string | null;
  /** null for feeders and areas. */
  readonly site: string | null;
  readonly site_name: string | null;
  readonly area: string | null;
  readonly area_name: string | null;
  /** Of most of its own outages, in force. */
  readonly cause: CauseClass;
  /** null: a person said so. */
  readonly cause_rule: CauseRule | null;
  readonly cause_suspected: boolean;
  /** Id of the owner who answers for it. */
  readonly responsible: string | null;
  readonly started_at: string;
  /** When we were sure of it. */
  readonly opened_at: string;
  /** null: something is out. */
  readonly recovered_at: string | null;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string | null;
  readonly resolved_at: string | null;
  /** null: it resolved itself. */
  readonly resolved_by: string | null;
  /** `taken_back`: nothing of it was true. */
  readonly resolution: string | null;
  /** The incident that it is part of. */
  readonly merged_into: number | null;
  /** Devices that are down now. */
  readonly down: number;
  /** Devices that are cut off now. */
  readonly unreachable: number;
  /** Devices that are or were out. */
  readonly devices: number;
  readonly sites: number;
  readonly areas: number;
  readonly outages: number;
  /** Until it recovered, or until now. */
  readonly duration_seconds: number;
  /** Incidents that became part of it. */
  readonly merged: readonly number[];
  /** Of lines about single outages at most the first 200. */
  readonly timeline: readonly TimelineLine[];
  /** Lines that only `/timeline` has. */
  readonly timeline_left_out: number;
  /** At most the first 200. */
  readonly first_outages: readonly IncidentOutage[];
}

/** What happened in an incident's timeline. */
export type IncidentEventKind = "opened" | "outage_joined" | "outage_ended" | "cause_proposed" | "cause_corrected" | "merged" | "recovered" | "reopened" | "acknowledged" | "unacknowledged" | "note" | "resolved";

/** What joins the outages of an incident. */
export type IncidentGroup = "device" | "site" | "feeder" | "area";

/** An outage of an incident. */
export interface IncidentOutage {
  readonly id: number;
  readonly device: string;
  readonly device_name: string;
  /** `down` or `unreachable`. */
  readonly state: State;
  readonly started_at: string;
  readonly confirmed_at: string;
  readonly ended_at: string | null;
  readonly root: string | null;
  readonly cause: CauseClass;
}

/** Incidents, newest first. */
export interface IncidentPage {
  readonly items: readonly IncidentView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** How far an incident has come. */
export type IncidentPhase = "open" | "recovered" | "resolved";

/** Outages that people handle as one. */
export interface IncidentView {
  readonly id: number;
  readonly group: IncidentGroup;
  /** Id of the device or site, name of the feeder, code of the area. */
  readonly group_key: string;
  /** The root device; null for places. */
  readonly device: string | null;
  readonly device_name: string | null;
  /** null for feeders and areas. */
  readonly site: string | null;
  readonly site_name: string | null;
  readonly area: string | null;
  readonly area_name: string | null;
  /** Of most of its own outages, in force. */
  readonly cause: CauseClass;
  /** null: a person said so. */
  readonly cause_rule: CauseRule | null;
  readonly cause_suspected: boolean;
  /** Id of the owner who answers for it. */
  readonly responsible: string | null;
  readonly started_at: string;
  /** When we were sure of it. */
  readonly opened_at: string;
  /** null: something is out. */
  readonly recovered_at: string | null;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string | null;
  readonly resolved_at: string | null;
  /** null: it resolved itself. */
  readonly resolved_by: string | null;
  /** `taken_back`: nothing of it was true. */
  readonly resolution: string | null;
  /** The incident that it is part of. */
  readonly merged_into: number | null;
  /** Devices that are down now. */
  readonly down: number;
  /** Devices that are cut off now. */
  readonly unreachable: number;
  /** Devices that are or were out. */
  readonly devices: number;
  readonly sites: number;
  readonly areas: number;
  readonly outages: number;
  /** Until it recovered, or until now. */
  readonly duration_seconds: number;
}

/** What supports an indicator, and how it is had. */
export interface IndicatorEvidence {
  readonly evidence: string;
  readonly title: IndicatorWords;
  readonly how: string;
}

/** Points of the kinds that count, and how many of them worked in the month. */
export interface IndicatorFigures {
  readonly devices: number;
  /** Devices x uptime, floored to one decimal. */
  readonly working_points: number | null;
  /** If all unknown time had been down. */
  readonly working_points_low: number | null;
  /** If all unknown time had been up. */
  readonly working_points_high: number | null;
  readonly uptime_percent: number | null;
  readonly coverage_percent: number;
}

/** An index or a standard. */
export interface IndicatorFramework {
  readonly id: string;
  readonly name: IndicatorWords;
  readonly source: string;
  readonly note: IndicatorWords | null;
}

/** Indicators in the order of the file; `next` is always null. */
export interface IndicatorPage {
  readonly month: string;
  readonly frameworks: readonly IndicatorFramework[];
  readonly items: readonly IndicatorView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** An indicator. */
export interface IndicatorView {
  readonly id: string;
  readonly framework: string;
  readonly name: IndicatorWords;
  readonly source: string;
  /** How sure it is that it says so, and that this supports it. */
  readonly certainty: Certainty;
  readonly evidence: readonly IndicatorEvidence[];
  /** Kinds of devices that count. */
  readonly counts: readonly string[];
  /** Null: nothing is counted. */
  readonly figures: IndicatorFigures | null;
}

/** Words in Indonesian and English. */
export interface IndicatorWords {
  readonly id: string;
  readonly en: string;
}

/** How far a report is. */
export type JobState = "running" | "done" | "failed";

/** A figure that is judged. */
export interface JudgedMeasure {
  readonly measure: Measure;
  /** Null: too little to judge by. */
  readonly value: number | null;
  readonly good_up_to: number;
  /** Above it: too much. */
  readonly manageable_up_to: number;
  readonly verdict: VerdictWords | null;
}

/** Beyond which values of a metric a check warns, and fails; in the metric's unit. */
export interface Limits {
  readonly warning_above: number | null;
  readonly critical_above: number | null;
  readonly warning_below: number | null;
  readonly critical_below: number | null;
}

/** A row of which a person must say what it is about. */
export interface ListDoubt {
  /** A stable word for programs. */
  readonly code: string;
  /** As the spreadsheet numbers it; null: no row. */
  readonly row: number | null;
  /** Letter of the column: `D`. */
  readonly column: string | null;
  readonly heading: string | null;
  /** What the words speak of. */
  readonly values: Readonly<Record<string, string>>;
  /** By language. */
  readonly texts: Readonly<Record<string, RemarkWords>>;
  /** By this it is answered. */
  readonly key: string;
  readonly candidates: readonly DoubtCandidate[];
  /** What can be answered. */
  readonly answers: readonly string[];
  /** What was answered. */
  readonly answer: string | null;
}

/** What importing a list would do. Nothing was changed. */
export interface ListPreview {
  readonly upload: string;
  readonly file: string;
  /** `csv`, `xlsx` or `yaml`. */
  readonly form: string;
  readonly sheet: string | null;
  readonly sheets: readonly string[];
  /** Short name of a list, such as `dishub-cctv`. */
  readonly source: string;
  /** No list with this name was imported before. */
  readonly new_source: boolean;
  /** Where the headings stand. */
  readonly heading_row: number | null;
  readonly rows: number;
  readonly columns: readonly ColumnView[];
  /** Field → value, for rows that leave it empty. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly counts: PreviewCounts;
  readonly new: NewNames;
  /** Nothing stands in the way of importing it. */
  readonly ready: boolean;
  /** Goes with `POST /imports`: what was seen is done. */
  readonly plan: string;
  readonly problems: readonly ListRemark[];
  readonly problems_total: number;
  readonly notes: readonly ListRemark[];
  readonly notes_total: number;
  readonly doubts: readonly ListDoubt[];
  readonly doubts_total: number;
  readonly items: readonly ImportItem[];
}

/** Something about the list or one of its cells, with its place and its words. */
export interface ListRemark {
  /** A stable word for programs. */
  readonly code: string;
  /** As the spreadsheet numbers it; null: no row. */
  readonly row: number | null;
  /** Letter of the column: `D`. */
  readonly column: string | null;
  readonly heading: string | null;
  /** What the words speak of. */
  readonly values: Readonly<Record<string, string>>;
  /** By language. */
  readonly texts: Readonly<Record<string, RemarkWords>>;
}

/** A row of a list that is about a device. */
export interface ListedRow {
  readonly source: string;
  readonly key: string;
  readonly row: number;
  readonly import_id: number;
  readonly seen_at: string;
}

/** A window of a list. */
export interface ListedWindow {
  readonly id: number;
  readonly title: string;
  readonly reason: string;
  /** Name of the token it was made with. */
  readonly author: string;
  readonly created_at: string;
  /** It was made after it began. */
  readonly after_the_fact: boolean;
  readonly scope: ScopeView;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly zone: string;
  readonly recurrence: string | null;
  /** The window in whose place it came. */
  readonly replaces: number | null;
  /** It is on now. */
  readonly active: boolean;
  readonly cancelled_at: string | null;
  /** Nothing of it counts from then on. */
  readonly cancelled_from_at: string | null;
  readonly cancelled_by: string | null;
  readonly cancel_reason: string | null;
  /** What it is now. */
  readonly phase: WindowPhase;
  /** When it is on, now or next; null: nothing of it is to come. */
  readonly following: Occurrence | null;
  /** When it is on between `from` and `to`, what was cancelled cut away; empty unless both were given and lie at most 100 days apart. */
  readonly within: readonly Occurrence[];
}

/** What is judged. Rates are judged by what people were told, the rest by what was raised. */
export type Measure = "per_day" | "peak" | "flood" | "critical" | "noisy" | "chattering" | "fleeting" | "stale" | "acknowledged_after";

/** All series of a device; `next` is always null. */
export interface MetricPage {
  readonly items: readonly MetricView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** One series that there is, with its newest value. */
export interface MetricView {
  readonly metric: string;
  readonly unit: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly last_at: string;
  readonly last_value: number | number | string | null;
  /** Of the check that reads it; null: it has none. */
  readonly limits: Limits | null;
}

/** What an import would make beside devices. */
export interface NewNames {
  /** Code → name. */
  readonly areas: Readonly<Record<string, string>>;
  /** Id → name. */
  readonly owners: Readonly<Record<string, string>>;
  /** How many. */
  readonly sites: number;
}

/** A device and the alerts that it raised itself. */
export interface NoisyDevice {
  readonly device: string;
  /** Null: no device of the inventory. */
  readonly name: string | null;
  readonly alerts: number;
  /** Of all own alerts. */
  readonly percent: number;
  /** Of its alerts: while its results changed often. */
  readonly flapping: number;
  /** Of its alerts: over within five minutes. */
  readonly fleeting: number;
  /** Three of its alerts within ten minutes, or ten within a day. */
  readonly chattering: boolean;
  /** Failures in a row until it is down. */
  readonly confirm: number | null;
}

/** A note in the timeline. */
export interface NoteBody {
  readonly text: string;
}

/** A message with its words, as they are made today. */
export interface NotificationDetail {
  readonly id: number;
  /** null: a test, a sign of life, a digest. */
  readonly thread: number | null;
  readonly receiver: string;
  readonly channel: string;
  readonly purpose: Purpose;
  readonly severity: Severity;
  /** Its first line; null: it cannot be read. */
  readonly title: string | null;
  /** The same at every attempt. */
  readonly key: string;
  readonly created_at: string;
  /** When it is tried, or was to be tried. */
  readonly due_at: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** An answer was lost: it may have arrived before. */
  readonly maybe_twice: boolean;
  readonly sent_at: string | null;
  /** The channel's own name of the message. */
  readonly reference: string | null;
  /** The channel's last words. */
  readonly answer: string;
  /** What follows the title, without its buttons. */
  readonly text: string | null;
  readonly incident: number | null;
}

/** Messages, newest first. */
export interface NotificationPage {
  readonly items: readonly NotificationView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** A message, and what became of it. */
export interface NotificationView {
  readonly id: number;
  /** null: a test, a sign of life, a digest. */
  readonly thread: number | null;
  readonly receiver: string;
  readonly channel: string;
  readonly purpose: Purpose;
  readonly severity: Severity;
  /** Its first line; null: it cannot be read. */
  readonly title: string | null;
  /** The same at every attempt. */
  readonly key: string;
  readonly created_at: string;
  /** When it is tried, or was to be tried. */
  readonly due_at: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** An answer was lost: it may have arrived before. */
  readonly maybe_twice: boolean;
  readonly sent_at: string | null;
  /** The channel's own name of the message. */
  readonly reference: string | null;
  /** The channel's last words. */
  readonly answer: string;
}

/** One time that a window is on. */
export interface Occurrence {
  readonly starts_at: string;
  readonly ends_at: string;
}

/** What a list says of a field that is not in force. */
export interface OtherWord {
  readonly value: string;
  readonly source: string;
  /** Of the row within its list. */
  readonly key: string;
  readonly seen_at: string;
}

/** An outage with all that was said on its cause, the oldest first. */
export interface OutageDetail {
  readonly id: number;
  readonly device: string;
  readonly device_name: string;
  readonly site: string;
  readonly site_name: string;
  readonly area: string;
  readonly area_name: string;
  /** `down`, or `unreachable` behind another device. */
  readonly state: State;
  /** The first failed probe. */
  readonly started_at: string;
  /** When we were sure of it. */
  readonly confirmed_at: string;
  /** null: it is still on. */
  readonly ended_at: string | null;
  /** Until its end, or until now. */
  readonly duration_seconds: number;
  readonly reason: Reason;
  readonly detail: string;
  /** In force: a person's last word, else ours. */
  readonly cause: CauseClass;
  readonly cause_proposed: CauseClass;
  /** The rule that proposed it. */
  readonly cause_rule: CauseRule;
  /** Nothing but coincidence speaks for it. */
  readonly cause_suspected: boolean;
  /** A person has said what the cause was. */
  readonly corrected: boolean;
  /** The device that cut this one off. */
  readonly root: string | null;
  readonly root_name: string | null;
  readonly root_outage: number | null;
  /** Id of the owner whose minutes these are; null: nobody's. */
  readonly responsible: string | null;
  readonly incident: number | null;
  readonly corrections: readonly Correction[];
}

/** Outages, newest first. */
export interface OutagePage {
  readonly items: readonly OutageView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** A device did not work: from the first failed probe until it is seen working. */
export interface OutageView {
  readonly id: number;
  readonly device: string;
  readonly device_name: string;
  readonly site: string;
  readonly site_name: string;
  readonly area: string;
  readonly area_name: string;
  /** `down`, or `unreachable` behind another device. */
  readonly state: State;
  /** The first failed probe. */
  readonly started_at: string;
  /** When we were sure of it. */
  readonly confirmed_at: string;
  /** null: it is still on. */
  readonly ended_at: string | null;
  /** Until its end, or until now. */
  readonly duration_seconds: number;
  readonly reason: Reason;
  readonly detail: string;
  /** In force: a person's last word, else ours. */
  readonly cause: CauseClass;
  readonly cause_proposed: CauseClass;
  /** The rule that proposed it. */
  readonly cause_rule: CauseRule;
  /** Nothing but coincidence speaks for it. */
  readonly cause_suspected: boolean;
  /** A person has said what the cause was. */
  readonly corrected: boolean;
  /** The device that cut this one off. */
  readonly root: string | null;
  readonly root_name: string | null;
  readonly root_outage: number | null;
  /** Id of the owner whose minutes these are; null: nobody's. */
  readonly responsible: string | null;
  readonly incident: number | null;
}

/** How a run of a check ended. UNKNOWN is our own fault or blindness, never the device's. */
export type Outcome = "answered" | "failed" | "unknown";

/** All owners by id; `next` is always null. */
export interface OwnerPage {
  readonly items: readonly OwnerView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** An agency or provider that answers for devices, links or power. */
export interface OwnerView {
  readonly id: string;
  readonly name: string;
}

/** How a file that was sent is to be read; what is left out is as remembered or proposed. */
export interface PreviewBody {
  /** Short name of a list, such as `dishub-cctv`. */
  readonly source: string;
  /** Of an XLSX file. */
  readonly sheet?: string | null;
  readonly columns?: Readonly<Record<string, string | null>> | null;
  readonly defaults?: Readonly<Record<string, string>> | null;
  readonly answers?: Readonly<Record<string, string>> | null;
}

/** How many rows are what. */
export interface PreviewCounts {
  readonly created: number;
  readonly changed: number;
  readonly same: number;
  readonly retired: number;
  readonly in_doubt: number;
}

/** RFC 9457 problem details. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** A stable word for programs (docs/api.md). */
  readonly code: string;
  readonly errors?: readonly ProblemField[];
}

/** What is wrong with one input. */
export interface ProblemField {
  /** Its place, such as `query.limit`. */
  readonly field: string;
  readonly message: string;
}

/** What the evidence speaks for. */
export interface ProposalView {
  readonly action: string;
  /** Field → value. */
  readonly values: Readonly<Record<string, string>>;
}

/** Where all that is known of a device comes from. */
export interface ProvenanceView {
  readonly device: string;
  /** Lists that name it, by rank. */
  readonly sources: readonly string[];
  readonly fields: readonly RegisterField[];
  readonly rows: readonly ListedRow[];
  readonly identities: readonly IdentityView[];
  readonly findings: readonly RegisterFinding[];
  /** Newest first. */
  readonly decisions: readonly RulingView[];
}

/** What a notification is for. */
export type Purpose = "firing" | "update" | "recovered" | "repeat" | "escalation" | "storm" | "digest" | "flapping" | "silence_ends" | "heartbeat" | "test";

/** What people made of an entry of the quarantine. */
export type QuarantineState = "waiting" | "ignored" | "adopted";

/** What was raised: every alert, told or held. */
export interface RaisedView {
  readonly count: number;
  readonly per_day: number;
  /** The mean. */
  readonly per_10_minutes: number;
  /** The most within ten minutes of the clock. */
  readonly peak: number;
  /** When those began. */
  readonly peak_at: string | null;
  readonly floods: number;
  /** From ten minutes of more than 10 until ten minutes of less than 5. */
  readonly flood_seconds: number;
  readonly flood_percent: number;
  /** Of these: neither behind another nor unseen. */
  readonly own: number;
  /** The others. */
  readonly behind: number;
  /** That raised alerts of their own. */
  readonly devices: number;
  /** Of own alerts. */
  readonly by_severity: readonly SeverityShare[];
}

/** Whether what is served can be relied on, and why not. */
export interface Readiness {
  readonly ready: boolean;
  /** What is wrong, in words; empty when ready. */
  readonly reasons: readonly string[];
}

/** Readings of one metric of a device. */
export interface Readings {
  readonly device: string;
  readonly metric: string;
  readonly from: string;
  readonly to: string;
  /** null: every stored value. */
  readonly step_seconds: number | null;
  readonly items: readonly SeriesView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** Why: the words that travel from a probe to the wall. The catalogues translate them. */
export type Reason = "ok" | "no_answer" | "host_unreachable" | "refused" | "bad_answer" | "credential_refused" | "agent_error" | "reported_offline" | "threshold" | "on_battery" | "silent" | "parent_down" | "collector_gone" | "collector_lag" | "collector_rights" | "collector_error" | "never_seen";

/** What one receiver got. */
export interface ReceiverRate {
  readonly count: number;
  readonly per_day: number;
  /** The mean. */
  readonly per_10_minutes: number;
  /** The most within ten minutes of the clock. */
  readonly peak: number;
  /** When those began. */
  readonly peak_at: string | null;
  readonly floods: number;
  /** From ten minutes of more than 10 until ten minutes of less than 5. */
  readonly flood_seconds: number;
  readonly flood_percent: number;
  readonly receiver: string;
}

/** A reconciliation that was made. */
export interface ReconciledView {
  readonly at: string;
  readonly rows: number;
  readonly devices: number;
  readonly found: number;
}

/** A device of the register. */
export interface RegisterEntry {
  readonly device: string;
  /** Lists that name it, by rank. */
  readonly sources: readonly string[];
  readonly fields: readonly RegisterField[];
}

/** One field of a device: what is in force, from where, and the others. */
export interface RegisterField {
  readonly field: string;
  readonly value: string;
  /** Id of the list; null: a person decided. */
  readonly source: string | null;
  readonly decided: boolean;
  readonly seen_at: string;
  readonly others: readonly OtherWord[];
}

/** Something for a person to decide, with what it rests on. */
export interface RegisterFinding {
  readonly id: string;
  /** `duplicate conflict ghost unknown moved wrong_area`. */
  readonly kind: string;
  /** `open`, `decided`, `stale` or `gone`. */
  readonly state: string;
  /** How much speaks for it. */
  readonly weight: number;
  readonly field: string | null;
  readonly rows: readonly FindingRowRef[];
  readonly devices: readonly string[];
  /** Of something that is no device: its name. */
  readonly heard: string | null;
  readonly evidence: readonly EvidenceView[];
  readonly proposal: ProposalView;
  /** What can be decided about it. */
  readonly actions: readonly string[];
  /** Send it back with a decision. */
  readonly digest: string;
  readonly first_found_at: string;
  readonly last_found_at: string;
  readonly decision: RulingView | null;
}

/** Devices, by id. */
export interface RegisterPage {
  readonly items: readonly RegisterEntry[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** What is wrong and what to do, in one language. */
export interface RemarkWords {
  readonly problem: string;
  readonly remedy: string;
}

/** What report is asked for. Without a period: the month before. */
export interface ReportBody {
  /** Such as `2026-10`. */
  readonly month?: string | null;
  /** Instead: a date, or a moment. */
  readonly from?: string | null;
  /** The same, not included. Default: now. */
  readonly to?: string | null;
  /** Which files are made, each from one data set. */
  readonly formats?: readonly ("pdf" | "xlsx" | "csv" | "csv-id" | "json")[];
  /** Default: that of the settings. */
  readonly language?: "id" | "en" | null;
  /** Default: the one in force. */
  readonly contract?: string | null;
  readonly filters?: ReportFilters;
  /** Make an evidence pack beside the files. */
  readonly pack?: boolean;
}

/** A file of a report; `GET /reports/{id}/files/{name}` gives it. */
export interface ReportFile {
  readonly name: string;
  readonly bytes: number;
}

/** Which devices a report is of; null: all. */
export interface ReportFilters {
  readonly kind?: string | null;
  readonly site?: string | null;
  /** With all below it. */
  readonly area?: string | null;
  readonly owner?: string | null;
}

/** Reports, newest first; at most a hundred are kept. */
export interface ReportPage {
  readonly items: readonly ReportView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
  readonly schedule: ReportSchedule | null;
  /** Contracts that can be asked for. */
  readonly contracts: readonly string[];
}

/** How far it is. `step` is a stable word; `of` is 0 where nothing is counted. */
export interface ReportProgress {
  readonly step: string;
  readonly done: number;
  readonly of: number;
}

/** When the report of the month before is sent by itself. */
export interface ReportSchedule {
  readonly day: number;
  readonly hour: number;
  readonly zone: string;
  /** Names of channels of alerts.yaml. */
  readonly receivers: readonly string[];
  readonly formats: readonly string[];
  readonly next_at: string;
}

/** A report that was asked for. */
export interface ReportView {
  readonly id: string;
  readonly state: JobState;
  readonly month: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly formats: readonly string[];
  readonly language: string;
  readonly contract: string | null;
  readonly filters: ReportFilters;
  readonly pack: boolean;
  /** Name of the token that asked for it. */
  readonly author: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly progress: ReportProgress;
  /** Why it failed, and what to do; else empty. */
  readonly message: string;
  readonly files: readonly ReportFile[];
}

/** Closing an incident. */
export interface ResolveBody {
  /** How it was solved. */
  readonly resolution: string;
}

/** What is tried again. */
export interface RetryView {
  readonly lines: number;
}

/** What was revoked. */
export interface Revoked {
  readonly name: string;
  /** How many were in force; 0: none was any more. */
  readonly revoked: number;
}

/** What a confirmed critical verdict of a check does to its device. */
export type Role = "reachability" | "health";

/** What makes roll-ups last said. Counts are since its start. */
export interface RollUpsView {
  readonly at: string;
  /** To here reach the newest roll-ups of an hour. */
  readonly newest_at: string | null;
  /** Hours to be made, or to be made again. */
  readonly waiting_hours: number;
  /** Hours made. */
  readonly hours: number;
  /** Lines stored. */
  readonly lines: number;
  /** Lines given up. */
  readonly dead: number;
  /** Hours of which raw points had gone already. */
  readonly too_late: number;
  readonly failures: number;
  /** What is wrong; null without role operator. */
  readonly trouble: string | null;
}

/** What a person decided. */
export interface RulingView {
  readonly id: number;
  readonly finding: string;
  readonly kind: string;
  readonly action: string;
  readonly reason: string;
  readonly author: string;
  readonly at: string;
  readonly device: string | null;
  /** Field → value. */
  readonly values: Readonly<Record<string, string>>;
}

/** One value, and who says it. */
export interface SaidView {
  /** Id of a list, `network` or `inventory`. */
  readonly who: string;
  /** Of the row; or the device's id, or what it is called. */
  readonly key: string;
  readonly value: string;
}

/** Which devices: those named, and all of these sites, areas (with all below) and tags. */
export interface ScopeBody {
  readonly devices?: readonly string[];
  readonly sites?: readonly string[];
  readonly areas?: readonly string[];
  readonly tags?: readonly string[];
}

/** Which devices a window covers. */
export interface ScopeView {
  readonly devices: readonly string[];
  readonly sites: readonly string[];
  readonly areas: readonly string[];
  readonly tags: readonly string[];
}

/** Every list with its score, by rank. */
export interface ScoreList {
  readonly items: readonly ScoreView[];
}

/** How good a list is. */
export interface ScoreView {
  readonly source: string;
  readonly name: string;
  readonly agency: string | null;
  readonly rows: number;
  readonly complete: ShareView;
  readonly valid: ShareView;
  readonly agreed: ShareView;
  readonly alive: ShareView;
  readonly signature: SignatureView | null;
}

/** The link of a screen to be made. */
export interface ScreenBody {
  /** Of a shift, a person, a screen or a program; others see it as the author. */
  readonly name: string;
  /** As usual. */
  readonly settings?: ScreenSettingsBody;
  /** Good only for the address that uses it first. */
  readonly bind_address?: boolean;
}

/** What a screen is to be from now on; it replaces all of its settings. */
export interface ScreenChange {
  readonly settings: ScreenSettingsBody;
  readonly bind_address?: boolean;
}

/** A new link of a screen, for the only time. */
export interface ScreenMade {
  readonly screen: ScreenView;
  readonly secret: string;
  /** Behind the address of Pantau, this opens the wall on a panel. */
  readonly path: string;
}

/** Screens, newest first. */
export interface ScreenPage {
  readonly items: readonly ScreenView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** How a screen shows the wall. What the address says goes before it. */
export interface ScreenSettings {
  /** To the last row of readers; null: not said. */
  readonly distance_metres: number | null;
  /** Of the panel's diagonal; null: not said. */
  readonly diagonal_inches: number | null;
  /** What takes turns, in order; empty: what the address says. */
  readonly pages: readonly ("ringkasan" | "insiden" | "peta" | "wifi" | "cctv" | "server")[];
  /** How long a page stays. */
  readonly page_seconds: number;
  /** When it dims, in the site's zone; null: never. */
  readonly night_from: string | null;
  /** When it is bright again. */
  readonly night_until: string | null;
  /** It rings for a new critical until that is taken. */
  readonly sound: boolean;
  readonly language: "id" | "en";
}

/** How a screen is to show the wall; what is left out is as usual. */
export interface ScreenSettingsBody {
  /** To the last row of readers; null: not said. */
  readonly distance_metres?: number | null;
  /** Of the panel's diagonal; null: not said. */
  readonly diagonal_inches?: number | null;
  /** What takes turns, in order; empty: what the address says. */
  readonly pages?: readonly ("ringkasan" | "insiden" | "peta" | "wifi" | "cctv" | "server")[];
  /** How long a page stays. */
  readonly page_seconds?: number;
  /** When it dims, in the site's zone; null: never. */
  readonly night_from?: string | null;
  /** When it is bright again. */
  readonly night_until?: string | null;
  /** It rings for a new critical until that is taken. */
  readonly sound?: boolean;
  readonly language?: "id" | "en";
}

/** The link of a screen; its secret is shown once. */
export interface ScreenView {
  readonly id: number;
  readonly name: string;
  readonly settings: ScreenSettings;
  readonly bind_address: boolean;
  /** The address that used it first; of IPv6 its /64. */
  readonly bound_to: string | null;
  readonly bound_at: string | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  /** To the minute. */
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
  readonly in_force: boolean;
}

/** Points of one series, oldest first; the four lists run side by side. */
export interface SeriesView {
  readonly metric: string;
  readonly unit: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `[at, value]`; a step's mean. */
  readonly points: readonly (readonly [string, number])[];
  /** Lowest value in each step. */
  readonly low: readonly number[];
  /** Highest value in each step. */
  readonly high: readonly number[];
  /** How many values each step holds. */
  readonly counts: readonly number[];
  /** Of rates: whether it may have been more, because the counter may have gone round twice. Empty for plain readings. */
  readonly at_least: readonly boolean[];
}

/** A session that was opened; the cookie is in the header. */
export interface Session {
  /** Name of the token. */
  readonly name: string;
  readonly role: string;
  readonly expires_at: string;
}

/** How much it matters. It decides who is told, when, and how loudly. */
export type Severity = "critical" | "warning" | "info";

/** How much of all is how severe. To aim at: 5 % critical, 15 % warning, 80 % info. */
export interface SeverityShare {
  readonly severity: Severity;
  readonly count: number;
  /** Null: of none. */
  readonly percent: number | null;
}

/** How many rows of how many. */
export interface ShareView {
  readonly count: number;
  readonly of: number;
  /** Floored to a tenth; null: no rows. */
  readonly percent: number | null;
  /** What is missing, and how often. */
  readonly lacking: Readonly<Record<string, number>>;
}

/** Who signs a list. */
export interface SignatureBody {
  /** Name of the office, such as `Kepala Bidang …`. */
  readonly office: string;
  /** Date of the signature. */
  readonly signed_on: string;
  /** Number of the letter, if any. */
  readonly note?: string;
}

/** An agency's word that its rows are right. */
export interface SignatureView {
  readonly office: string;
  readonly signed_on: string;
  readonly rows: number;
  readonly digest: string;
  readonly author: string;
  readonly at: string;
  readonly note: string;
  /** A row has changed since. */
  readonly stale: boolean;
}

/** A silence to be made: of the scope, of these owners and of these kinds, all together. */
export interface SilenceBody {
  /** null: narrowed by the others only. */
  readonly scope?: ScopeBody | null;
  /** Only devices of these. */
  readonly owners?: readonly string[];
  /** Only devices of these kinds. */
  readonly kinds?: readonly string[];
  /** Why; it stays for audits. */
  readonly reason: string;
  /** With its zone. Default: now. */
  readonly starts_at?: string | null;
  /** With its zone, at most 31 days later. */
  readonly ends_at: string;
}

/** Silences, newest first. */
export interface SilencePage {
  readonly items: readonly SilenceView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** What a silence would mute, if it were made. */
export interface SilencePreview {
  /** Devices in use that it covers. */
  readonly count: number;
  /** Ids of the first 100 of them. */
  readonly devices: readonly string[];
  /** How many of all have an alert now. */
  readonly firing: number;
}

/** A silence, also one that is over: nothing is deleted. */
export interface SilenceView {
  readonly id: number;
  readonly scope: ScopeView;
  readonly owners: readonly string[];
  readonly kinds: readonly string[];
  readonly reason: string;
  /** Name of a token, or of who pressed a link. */
  readonly author: string;
  readonly created_at: string;
  readonly starts_at: string;
  readonly ends_at: string;
  /** It is on now. */
  readonly active: boolean;
  /** By hand, before its time. */
  readonly ended_at: string | null;
  readonly ended_by: string | null;
  /** When it was told that it ends soon. */
  readonly reminded_at: string | null;
}

/** All sites by id; `next` is always null. */
export interface SitePage {
  readonly items: readonly SiteView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** A place with devices. */
export interface SiteView {
  readonly id: string;
  readonly name: string;
  readonly area: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** What is to be known of a list; what is left out stays as it is. */
export interface SourceBody {
  readonly name?: string | null;
  /** Id of an owner. */
  readonly agency?: string | null;
  /** The lower one is in force. */
  readonly rank?: number | null;
  readonly columns?: Readonly<Record<string, string | null>> | null;
  readonly defaults?: Readonly<Record<string, string>> | null;
}

/** All lists, by rank. */
export interface SourceList {
  readonly items: readonly SourceView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** A list that somebody keeps. */
export interface SourceView {
  readonly id: string;
  readonly name: string;
  readonly agency: string | null;
  readonly rank: number;
  /** Heading → field; null: the column is not used. */
  readonly columns: Readonly<Record<string, string | null>>;
  /** Field → value, for rows that leave it empty. */
  readonly defaults: Readonly<Record<string, string>>;
  /** How many rows it has now. */
  readonly rows: number;
  readonly last_import: ImportView | null;
}

/** Why lines wait. */
export interface SpoolTrouble {
  /** A stable word; docs/spool.md explains each. */
  readonly kind: string;
  readonly since_at: string | null;
  /** What is wrong and what to do; null without role operator. */
  readonly words: string | null;
}

/** What waits on disk for InfluxDB. Counts without a time are since the spool was made. */
export interface SpoolView {
  readonly records: number;
  readonly lines: number;
  /** As it waits, squeezed. */
  readonly bytes: number;
  /** What the file takes on the disk. */
  readonly file_bytes: number;
  /** The most that may wait (`spool_megabytes`). */
  readonly limit_bytes: number;
  /** How long (`spool_age`). */
  readonly limit_age_seconds: number;
  /** Since when the oldest waits; null: nothing does. */
  readonly oldest_at: string | null;
  /** How long the oldest has waited; 0: nothing. */
  readonly age_seconds: number;
  /** Lines that InfluxDB has confirmed. */
  readonly sent_lines: number;
  /** Lost, because too much waited too long. */
  readonly dropped_lines: number;
  /** Since when lines are being lost; null: none are. */
  readonly dropping_since: string | null;
  /** When the last was lost. */
  readonly dropped_at: string | null;
  /** Lost: the disk did not give them back. */
  readonly damaged_lines: number;
  /** Lines that InfluxDB will never take. */
  readonly dead_letters: number;
  /** Dead letters lost: more than are kept. */
  readonly dead_dropped: number;
  readonly trouble: SpoolTrouble | null;
  readonly courier: CourierView | null;
  readonly roll_ups: RollUpsView | null;
}

/** The stages that every alert goes through, in this order. */
export type Stage = "maintenance" | "silence" | "cause" | "flapping" | "acknowledged" | "policy" | "route" | "group" | "repeat" | "send";

/** An alert that was firing for more than a day at the end of the window. */
export interface StaleAlert {
  readonly device: string;
  readonly name: string | null;
  readonly state: State;
  readonly since: string;
}

/** Stale alerts. What is behind another, in maintenance or silenced is none. */
export interface StaleView {
  readonly alerts: number;
  /** The oldest ten. */
  readonly items: readonly StaleAlert[];
}

/** What people see: status and overlays together. */
export type State = "up" | "degraded" | "down" | "unreachable" | "unknown";

/** The city in numbers. */
export interface Status {
  readonly at: string;
  readonly collectors: readonly Collector[];
  readonly devices: Counts;
  readonly by_kind: Readonly<Record<string, Counts>>;
  readonly by_area: readonly AreaCounts[];
}

/** What it could be as a device; an adoption that says no more makes it so. */
export interface SuggestionView {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly profile: string | null;
}

/** Figures of the incidents that began in a window. */
export interface Summary {
  readonly incidents: number;
  readonly acknowledged: number;
  /** Mean from when we were sure until acknowledged. */
  readonly mtta_seconds: number | null;
  /** The same from the first failed probe. */
  readonly mtta_from_start_seconds: number | null;
  readonly recovered: number;
  /** Mean from start to recovery. */
  readonly mttr_seconds: number | null;
  readonly longest_seconds: number | null;
  /** Id of the incident that took longest. */
  readonly longest: number | null;
  readonly from: string;
  readonly to: string;
  readonly by_cause: readonly CauseFigures[];
}

/** A tag and how many devices have it. */
export interface TagCount {
  readonly tag: string;
  readonly devices: number;
}

/** All tags of devices in use, sorted; `next` is always null. */
export interface TagPage {
  readonly items: readonly TagCount[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** One line of a timeline. Without an author Pantau itself wrote it. */
export interface TimelineLine {
  readonly id: number;
  /** Differs for what was said in a merged one. */
  readonly incident: number;
  readonly kind: IncidentEventKind;
  readonly at: string;
  readonly author: string | null;
  /** What a person wrote, `taken_back`, or who had it. */
  readonly text: string;
  readonly outage: number | null;
  /** Of `cause_proposed`, `…_corrected`. */
  readonly cause: CauseClass | null;
  /** Of `cause_proposed`. */
  readonly rule: CauseRule | null;
  /** Of `merged`: the other incident. */
  readonly other: number | null;
}

/** Lines of a timeline, oldest first. */
export interface TimelinePage {
  readonly items: readonly TimelineLine[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** A token to be made. */
export interface TokenBody {
  /** Of a shift, a person, a screen or a program; others see it as the author. */
  readonly name: string;
  readonly role: "viewer" | "operator" | "admin";
  /** With its zone; null: never. */
  readonly expires_at?: string | null;
}

/** A new token, and its secret for the only time. */
export interface TokenMade {
  readonly token: TokenView;
  readonly secret: string;
}

/** Tokens, newest first. */
export interface TokenPage {
  readonly items: readonly TokenView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** A token. Its secret is shown once, when it is made, and kept nowhere. */
export interface TokenView {
  readonly id: number;
  readonly name: string;
  readonly role: "viewer" | "operator" | "admin";
  /** It is the link of a screen. */
  readonly screen: boolean;
  readonly created_at: string;
  /** Null: never. */
  readonly expires_at: string | null;
  /** To the minute. */
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
  /** It gives access now. */
  readonly in_force: boolean;
  /** It is the one that asks. */
  readonly own: boolean;
}

/** What people were told: messages that a channel took. Tests and heartbeats are none. */
export interface ToldView {
  readonly messages: number;
  /** Messages that were given up. */
  readonly dead: number;
  readonly by_severity: readonly SeverityShare[];
  /** The busiest first. */
  readonly receivers: readonly ReceiverRate[];
}

/** Transitions, newest first. */
export interface TransitionPage {
  readonly items: readonly TransitionView[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** A stored change of state, as in the `transition` events. */
export interface TransitionView {
  readonly id: number;
  readonly device: string;
  readonly old: State;
  readonly new: State;
  /** When it began. */
  readonly at: string;
  /** When we were sure. */
  readonly confirmed_at: string;
  readonly reason: Reason;
  readonly detail: string;
  readonly cause: string | null;
  /** Whether the device flaps from then on. Where `old` and `new` are the same, this or `cause` is what changed. */
  readonly flapping: boolean;
}

/** One thing that is wrong, with what to do about it. */
export interface TroubleView {
  /** A stable word; docs/api.md has them. */
  readonly code: string;
  readonly part: "collector" | "readings" | "alerts" | "live" | "store" | "disk";
  /** `broken`: people rely on what is not there. `lacking`: look at it. */
  readonly level: "broken" | "lacking";
  /** Which collector, which channel. */
  readonly who: string | null;
  readonly since_at: string | null;
  /** What it is, in Indonesian. */
  readonly id: string;
  /** What to do, in Indonesian. */
  readonly id_remedy: string;
  /** What it is, in English. */
  readonly en: string;
  /** What to do, in English. */
  readonly en_remedy: string;
}

/** Words in Indonesian and English. */
export interface TwoLanguages {
  readonly id: string;
  readonly en: string;
}

/** The uptime table of a window. */
export interface Uptime {
  /** Where it begins first. */
  readonly from: string;
  /** Where it ends last; never in the future. */
  readonly to: string;
  readonly zones: readonly UptimeZone[];
  /** Since then nobody has looked; null: never. */
  readonly known_until: string | null;
  readonly group_by: GroupBy;
  /** What degraded counts as. */
  readonly degraded: "up" | "down";
  readonly rule: UptimeRule;
  readonly rules: UptimeRulePair;
  readonly items: readonly UptimeRow[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** The same group by the rules of the contract. */
export interface UptimeContract {
  /** `plain`: there is no contract. */
  readonly name: string;
  readonly uptime_percent: number | null;
  readonly uptime_bounds_percent: readonly [number, number] | null;
  readonly coverage_percent: number;
  readonly down_seconds: number;
  readonly unreachable_seconds: number;
  readonly excluded_seconds: number;
  readonly excluded_seconds_by_reason: Readonly<Record<string, number>>;
  readonly outages: number;
  readonly longest_outage_seconds: number | null;
  readonly mttr_seconds: number | null;
}

/** Uptime of one group: sums over its devices, never averages of percentages. */
export interface UptimeRow {
  readonly key: string;
  readonly name: string;
  readonly devices: number;
  /** Service uptime; null: unknown. */
  readonly uptime_percent: number | null;
  readonly device_uptime_percent: number | null;
  readonly uptime_bounds_percent: readonly [number, number] | null;
  readonly coverage_percent: number;
  readonly up_seconds: number;
  readonly degraded_seconds: number;
  readonly down_seconds: number;
  readonly unreachable_seconds: number;
  readonly unknown_seconds: number;
  readonly excluded_seconds: number;
  readonly outages: number;
  readonly mttr_seconds: number | null;
  readonly mtbf_seconds: number | null;
  readonly longest_outage_seconds: number | null;
  readonly excluded_seconds_by_reason: Readonly<Record<string, number>>;
  /** Down and unreachable, by what caused it. */
  readonly lost_seconds_by_cause: Readonly<Record<string, number>>;
  /** The same by who answers for it; the empty key: nobody is named. */
  readonly lost_seconds_by_owner: Readonly<Record<string, number>>;
  readonly outages_by_cause: Readonly<Record<string, number>>;
  readonly contract: UptimeContract;
}

/** The rule by which states are believed; it belongs to every figure. */
export interface UptimeRule {
  /** Failures in a row until down. */
  readonly confirm: number;
  /** Successes in a row until up. */
  readonly recover: number;
  readonly retry_seconds: number;
  readonly fresh_intervals: number;
  readonly deviations: readonly UptimeRuleDeviation[];
}

/** A rule that some checks follow instead of the one in force. */
export interface UptimeRuleDeviation {
  readonly probe: string;
  readonly role: Role;
  readonly confirm: number;
  readonly recover: number;
  readonly retry_seconds: number;
  readonly fresh_intervals: number;
  /** How many checks in use follow it. */
  readonly checks: number;
}

/** The rules of both figures. */
export interface UptimeRulePair {
  readonly plain: UptimeRules;
  readonly contract: UptimeRules;
}

/** By which rules a figure is reckoned: what is left out. */
export interface UptimeRules {
  readonly name: string;
  readonly exclude_maintenance: boolean;
  readonly causes_not_counted: readonly CauseClass[];
  /** An outage that lasts no longer does not count. */
  readonly minimum_outage_seconds: number;
  /** Empty: every hour. */
  readonly service_hours: readonly UptimeServiceHours[];
  /** What is promised; null: nothing is. */
  readonly target_percent: number | null;
}

/** Hours that count, on the clocks of each device's site. */
export interface UptimeServiceHours {
  readonly weekdays: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
  /** Such as `07:00`. */
  readonly from: string;
  /** `24:00` is the end of the day. */
  readonly to: string;
}

/** When the window is in one zone: dates begin there with that zone's midnight. */
export interface UptimeZone {
  readonly zone: string;
  readonly from: string;
  readonly to: string;
  readonly devices: number;
}

/** What a figure means for those who get the messages, and what to call that. */
export interface VerdictWords {
  readonly verdict: collector__alarm_health__judging__Verdict;
  /** In Indonesian. */
  readonly id: string;
  /** In English. */
  readonly en: string;
}

/** Who is asking. */
export interface Visitor {
  /** Name of the token; empty where none is needed. */
  readonly name: string;
  /** What they may do. */
  readonly role: "viewer" | "operator" | "admin";
  /** How the wall is to be shown, where the token is a screen's link. */
  readonly screen: ScreenSettings | null;
}

/** Everything a wall page needs, true for all transitions up to and including `cursor`. */
export interface Wall {
  readonly cursor: number;
  readonly at: string;
  readonly zone: string;
  readonly language: string;
  readonly heartbeat_timeout_seconds: number;
  readonly collectors: readonly Collector[];
  readonly counts: Counts;
  readonly areas: readonly WallArea[];
  readonly devices: readonly WallDevice[];
}

/** An area that has devices of its own. */
export interface WallArea {
  readonly code: string;
  readonly name: string;
}

/** A device as a wall shows it. */
export interface WallDevice {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly site: string;
  readonly site_name: string;
  readonly area: string;
  readonly owner: string | null;
  readonly owner_name: string | null;
  readonly state: State;
  readonly since: string | null;
  readonly confirmed_at: string | null;
  readonly reason: Reason;
  readonly detail: string;
  readonly cause: string | null;
  readonly flapping: boolean;
  readonly maintenance: boolean;
  readonly last_result_at: string | null;
}

/** A figure of a service, and what it rests on. */
export interface WallFigure {
  /** `wifi_users`: connected users; `without_users`: access points that are up with nobody on them, from 07:00 to 22:00; `on_battery`: UPS on battery; `fullest_disk`: percent; `hottest`: °C. `image_troubles`, `not_recording`, `wrong_clock`, `channels_off`: cameras. */
  readonly name: "wifi_users" | "without_users" | "image_troubles" | "not_recording" | "wrong_clock" | "channels_off" | "on_battery" | "fullest_disk" | "hottest";
  /** Null: no device tells it. Never a guess. */
  readonly value: number | null;
  /** Of how many devices the value is. */
  readonly devices: number;
  /** Of how many it should be. */
  readonly all: number;
  /** Its oldest reading; at most ten minutes old. */
  readonly oldest_at: string | null;
  /** Whose value it is, where it is one's. */
  readonly device: string | null;
  readonly device_name: string | null;
  /** Which disk, which sensor. */
  readonly part: string | null;
  /** How long the first battery lasts. */
  readonly seconds: number | null;
}

/** What walls show beside the live state, at most a minute old. */
export interface WallFigures {
  readonly at: string;
  /** Those that there are devices for. */
  readonly figures: readonly WallFigure[];
  /** False: readings could not be read. */
  readonly readings: boolean;
  readonly hours: WallHours;
  /** Of the last day. */
  readonly recovery: WallRecovery | null;
  /** Since midnight. */
  readonly day: WallIncidents;
  /** Of the last twelve hours. */
  readonly recent: WallIncidents;
  readonly uptime: WallUptime;
  readonly owners: readonly WallOwner[];
}

/** The last 24 hours, oldest first; the last one ends now. The most at one moment of each. */
export interface WallHours {
  /** Devices down or unreachable. */
  readonly out: readonly number[];
  /** Devices of which nothing was known. */
  readonly unknown: readonly number[];
}

/** How many incidents began since a moment, and how long those that recovered took. */
export interface WallIncidents {
  readonly from: string;
  readonly incidents: number;
  /** Null: none recovered. */
  readonly mttr_seconds: number | null;
}

/** Who answers for something. */
export interface WallOwner {
  readonly id: string;
  readonly name: string;
}

/** What came back last. */
export interface WallRecovery {
  readonly device: string;
  readonly at: string;
}

/** Uptime by kind. */
export interface WallUptime {
  readonly today: readonly WallUptimeRow[];
  /** At most ten minutes old. */
  readonly month: readonly WallUptimeRow[];
}

/** The seconds of a kind's devices; what is excluded is left out. */
export interface WallUptimeRow {
  /** The kind. */
  readonly key: string;
  readonly up_seconds: number;
  readonly degraded_seconds: number;
  readonly down_seconds: number;
  readonly unreachable_seconds: number;
  readonly unknown_seconds: number;
}

/** A window to be made. */
export interface WindowBody {
  /** What is done, in a few words. */
  readonly title: string;
  /** Why; it stays for audits. */
  readonly reason: string;
  /** With its zone. May be in the past. */
  readonly starts_at: string;
  /** With its zone, at most 366 days later. */
  readonly ends_at: string;
  /** IANA zone of a recurrence. Default: the configured. */
  readonly zone?: string | null;
  /** RFC 5545 rule, such as `FREQ=WEEKLY;BYDAY=TU`. */
  readonly recurrence?: string | null;
  readonly scope: ScopeBody;
}

/** A window that takes another's place. */
export interface WindowChangeBody {
  /** What is done, in a few words. */
  readonly title: string;
  /** Why; it stays for audits. */
  readonly reason: string;
  /** With its zone. May be in the past. */
  readonly starts_at: string;
  /** With its zone, at most 366 days later. */
  readonly ends_at: string;
  /** IANA zone of a recurrence. Default: the configured. */
  readonly zone?: string | null;
  /** RFC 5545 rule, such as `FREQ=WEEKLY;BYDAY=TU`. */
  readonly recurrence?: string | null;
  readonly scope: ScopeBody;
  /** Until when the old one counts. Default: a single window is replaced as a whole; of a recurring one what is past stays. */
  readonly from?: string | null;
}

/** A window with what follows from it. */
export interface WindowDetail {
  readonly id: number;
  readonly title: string;
  readonly reason: string;
  /** Name of the token it was made with. */
  readonly author: string;
  readonly created_at: string;
  /** It was made after it began. */
  readonly after_the_fact: boolean;
  readonly scope: ScopeView;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly zone: string;
  readonly recurrence: string | null;
  /** The window in whose place it came. */
  readonly replaces: number | null;
  /** It is on now. */
  readonly active: boolean;
  readonly cancelled_at: string | null;
  /** Nothing of it counts from then on. */
  readonly cancelled_from_at: string | null;
  readonly cancelled_by: string | null;
  readonly cancel_reason: string | null;
  /** What it is now. */
  readonly phase: WindowPhase;
  /** When it is on, now or next; null: nothing of it is to come. */
  readonly following: Occurrence | null;
  /** The one that is on and the next, ten at most. */
  readonly occurrences: readonly Occurrence[];
  /** Devices in use that it covers, by id. */
  readonly devices: readonly string[];
}

/** Windows, newest first. */
export interface WindowPage {
  readonly items: readonly ListedWindow[];
  /** The cursor of the next page, or null. */
  readonly next: string | null;
}

/** What becomes of a window: each is in one of these at any moment. */
export type WindowPhase = "on" | "coming" | "past" | "cancelled";

/** What a window would do, if it were made. */
export interface WindowPreview {
  /** Devices in use that it covers. */
  readonly count: number;
  /** Ids of the first 100 of them. */
  readonly devices: readonly string[];
  /** The one that is on and the next, ten at most. */
  readonly occurrences: readonly Occurrence[];
  /** Of a single window that has begun: for how long these devices, together, were down or unreachable in it, which would be left out. null: not reckoned. */
  readonly lost_seconds: number | null;
}

/** How far an alert came at a moment, and why no further. */
export interface api__schemas__alerts__DecisionView {
  readonly at: string;
  readonly stage: Stage;
  readonly reason: HoldReason | null;
  readonly detail: string;
  readonly until_at: string | null;
}

/** Who decided what about an entry, and when. */
export interface api__schemas__quarantine__DecisionView {
  readonly id: number;
  readonly entry: number;
  readonly source: string;
  readonly name: string;
  /** `adopted`, `ignored` or `unignored`. */
  readonly kind: string;
  readonly device: string | null;
  readonly author: string;
  readonly at: string;
}

/** What a figure means for the people who get the messages. */
export type collector__alarm_health__judging__Verdict = "good" | "manageable" | "too_much";

/** What one check result means, after thresholds. NONE: the result tells nothing. */
export type collector__model__states__Verdict = "ok" | "warning" | "critical" | "none";

export interface Routes {
  readonly "GET /alarm-health": {
    readonly query: { readonly from?: string | null; readonly to?: string | null; };
    readonly body: undefined;
    readonly answer: AlarmHealth;
  };
  readonly "GET /alerts": {
    readonly query: { readonly firing?: boolean | null; readonly held?: boolean | null; readonly stage?: Stage | null; readonly hold_reason?: HoldReason | null; readonly severity?: Severity | null; readonly state?: State | null; readonly device?: string | null; readonly kind?: string | null; readonly area?: string | null; readonly owner?: string | null; readonly incident?: number | null; readonly from?: string | null; readonly to?: string | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: AlertPage;
  };
  readonly "GET /alerts/{alert_id}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: AlertDetail;
  };
  readonly "GET /areas": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: AreaPage;
  };
  readonly "GET /areas/codes": {
    readonly query: { readonly within?: string | null; readonly at?: string | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: AreaCodePage;
  };
  readonly "GET /audit": {
    readonly query: { readonly author?: string | null; readonly action?: string | null; readonly object?: string | null; readonly from?: string | null; readonly to?: string | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: AuditPage;
  };
  readonly "GET /devices": {
    readonly query: { readonly kind?: string | null; readonly state?: State | null; readonly site?: string | null; readonly area?: string | null; readonly owner?: string | null; readonly q?: string | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: DevicePage;
  };
  readonly "GET /devices/{device_id}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: Device;
  };
  readonly "GET /devices/{device_id}/checks": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: CheckPage;
  };
  readonly "GET /devices/{device_id}/metrics": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: MetricPage;
  };
  readonly "GET /devices/{device_id}/readings": {
    readonly query: { readonly metric: string; readonly from?: string | null; readonly to?: string | null; readonly step?: number | null; readonly rate?: boolean; };
    readonly body: undefined;
    readonly answer: Readings;
  };
  readonly "GET /devices/{device_id}/transitions": {
    readonly query: { readonly from?: string | null; readonly to?: string | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: TransitionPage;
  };
  readonly "GET /events": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /evidence/key": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: EvidenceKeyView;
  };
  readonly "GET /exports/dictionary": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: ExportDictionary;
  };
  readonly "GET /exports/{dataset}.{form}": {
    readonly query: { readonly month?: string | null; readonly public?: boolean; };
    readonly body: undefined;
    readonly answer: ExportFile;
  };
  readonly "GET /findings": {
    readonly query: { readonly kind?: FindingKind | null; readonly state?: FindingState | null; readonly source?: string | null; readonly device?: string | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: FindingPage;
  };
  readonly "POST /findings/reconcile": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: FindingSummary;
  };
  readonly "GET /findings/summary": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: FindingSummary;
  };
  readonly "GET /findings/{finding_id}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: RegisterFinding;
  };
  readonly "POST /findings/{finding_id}/decide": {
    readonly query: { };
    readonly body: DecisionBody;
    readonly answer: RegisterFinding;
  };
  readonly "GET /health": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: HealthView;
  };
  readonly "GET /imports": {
    readonly query: { readonly source?: string | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: ImportPage;
  };
  readonly "POST /imports": {
    readonly query: { };
    readonly body: ImportBody;
    readonly answer: ImportApplied;
  };
  readonly "POST /imports/preview": {
    readonly query: { readonly file: string; readonly source: string; readonly sheet?: string | null; };
    readonly body: undefined;
    readonly answer: ListPreview;
  };
  readonly "POST /imports/preview/{upload}": {
    readonly query: { };
    readonly body: PreviewBody;
    readonly answer: ListPreview;
  };
  readonly "GET /imports/progress": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: ImportProgress;
  };
  readonly "GET /imports/{import_id}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: ImportDetail;
  };
  readonly "POST /imports/{import_id}/undo": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: ImportApplied;
  };
  readonly "GET /incidents": {
    readonly query: { readonly phase?: IncidentPhase | null; readonly unacknowledged?: boolean; readonly device?: string | null; readonly site?: string | null; readonly area?: string | null; readonly cause?: CauseClass | null; readonly from?: string | null; readonly to?: string | null; readonly merged?: boolean; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: IncidentPage;
  };
  readonly "GET /incidents/summary": {
    readonly query: { readonly from?: string | null; readonly to?: string | null; readonly device?: string | null; readonly site?: string | null; readonly area?: string | null; readonly cause?: CauseClass | null; };
    readonly body: undefined;
    readonly answer: Summary;
  };
  readonly "GET /incidents/{incident_id}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: IncidentDetail;
  };
  readonly "DELETE /incidents/{incident_id}/acknowledge": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: IncidentDetail;
  };
  readonly "POST /incidents/{incident_id}/acknowledge": {
    readonly query: { };
    readonly body: AcknowledgeBody | null;
    readonly answer: IncidentDetail;
  };
  readonly "POST /incidents/{incident_id}/notes": {
    readonly query: { };
    readonly body: NoteBody;
    readonly answer: IncidentDetail;
  };
  readonly "POST /incidents/{incident_id}/resolve": {
    readonly query: { };
    readonly body: ResolveBody;
    readonly answer: IncidentDetail;
  };
  readonly "GET /incidents/{incident_id}/timeline": {
    readonly query: { readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: TimelinePage;
  };
  readonly "GET /indicators": {
    readonly query: { readonly month?: string | null; };
    readonly body: undefined;
    readonly answer: IndicatorPage;
  };
  readonly "GET /maintenance-windows": {
    readonly query: { readonly from?: string | null; readonly to?: string | null; readonly device?: string | null; readonly active?: boolean | null; readonly phase?: WindowPhase | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: WindowPage;
  };
  readonly "POST /maintenance-windows": {
    readonly query: { };
    readonly body: WindowBody;
    readonly answer: WindowDetail;
  };
  readonly "POST /maintenance-windows/preview": {
    readonly query: { };
    readonly body: WindowBody;
    readonly answer: WindowPreview;
  };
  readonly "DELETE /maintenance-windows/{window_id}": {
    readonly query: { readonly reason: string; readonly from?: string | null; };
    readonly body: undefined;
    readonly answer: WindowDetail;
  };
  readonly "GET /maintenance-windows/{window_id}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: WindowDetail;
  };
  readonly "PUT /maintenance-windows/{window_id}": {
    readonly query: { };
    readonly body: WindowChangeBody;
    readonly answer: WindowDetail;
  };
  readonly "GET /notifications": {
    readonly query: { readonly state?: DeliveryState | null; readonly receiver?: string | null; readonly channel?: string | null; readonly purpose?: Purpose | null; readonly thread?: number | null; readonly incident?: number | null; readonly from?: string | null; readonly to?: string | null; readonly language?: "id" | "en" | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: NotificationPage;
  };
  readonly "GET /notifications/{notification_id}": {
    readonly query: { readonly language?: "id" | "en" | null; };
    readonly body: undefined;
    readonly answer: NotificationDetail;
  };
  readonly "POST /notifications/{notification_id}/retry": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: NotificationDetail;
  };
  readonly "GET /outages": {
    readonly query: { readonly device?: string | null; readonly site?: string | null; readonly area?: string | null; readonly owner?: string | null; readonly responsible?: string | null; readonly state?: State | null; readonly cause?: CauseClass | null; readonly open?: boolean | null; readonly from?: string | null; readonly to?: string | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: OutagePage;
  };
  readonly "GET /outages/{outage_id}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: OutageDetail;
  };
  readonly "POST /outages/{outage_id}/cause": {
    readonly query: { };
    readonly body: CauseBody;
    readonly answer: OutageDetail;
  };
  readonly "GET /owners": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: OwnerPage;
  };
  readonly "GET /quarantine": {
    readonly query: { readonly state?: QuarantineState; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: EntryPage;
  };
  readonly "GET /quarantine/decisions": {
    readonly query: { readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: DecisionPage;
  };
  readonly "DELETE /quarantine/{entry_id}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: Entry;
  };
  readonly "GET /quarantine/{entry_id}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: Entry;
  };
  readonly "POST /quarantine/{entry_id}/adopt": {
    readonly query: { };
    readonly body: AdoptionBody;
    readonly answer: AdoptedView;
  };
  readonly "POST /quarantine/{entry_id}/unignore": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: Entry;
  };
  readonly "GET /register": {
    readonly query: { readonly q?: string | null; readonly source?: string | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: RegisterPage;
  };
  readonly "GET /register/{device_id}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: ProvenanceView;
  };
  readonly "GET /reports": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: ReportPage;
  };
  readonly "POST /reports": {
    readonly query: { };
    readonly body: ReportBody;
    readonly answer: ReportView;
  };
  readonly "GET /reports/{report_id}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: ReportView;
  };
  readonly "GET /reports/{report_id}/files/{name}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /scores": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: ScoreList;
  };
  readonly "GET /screens": {
    readonly query: { readonly in_force?: boolean | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: ScreenPage;
  };
  readonly "POST /screens": {
    readonly query: { };
    readonly body: ScreenBody;
    readonly answer: ScreenMade;
  };
  readonly "DELETE /screens/{name}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: Revoked;
  };
  readonly "PUT /screens/{name}": {
    readonly query: { };
    readonly body: ScreenChange;
    readonly answer: ScreenView;
  };
  readonly "POST /screens/{name}/free": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: ScreenView;
  };
  readonly "POST /screens/{name}/renew": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: ScreenMade;
  };
  readonly "DELETE /session": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /session": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: Visitor;
  };
  readonly "POST /session": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: Session;
  };
  readonly "GET /silences": {
    readonly query: { readonly active?: boolean | null; readonly device?: string | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: SilencePage;
  };
  readonly "POST /silences": {
    readonly query: { };
    readonly body: SilenceBody;
    readonly answer: SilenceView;
  };
  readonly "POST /silences/preview": {
    readonly query: { };
    readonly body: SilenceBody;
    readonly answer: SilencePreview;
  };
  readonly "GET /silences/{silence_id}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: SilenceView;
  };
  readonly "POST /silences/{silence_id}/end": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: SilenceView;
  };
  readonly "GET /sites": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: SitePage;
  };
  readonly "GET /sources": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: SourceList;
  };
  readonly "PUT /sources/{source_id}": {
    readonly query: { };
    readonly body: SourceBody;
    readonly answer: SourceView;
  };
  readonly "GET /sources/{source_id}/score": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: ScoreView;
  };
  readonly "POST /sources/{source_id}/sign": {
    readonly query: { };
    readonly body: SignatureBody;
    readonly answer: ScoreView;
  };
  readonly "GET /spool": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: SpoolView;
  };
  readonly "GET /spool/dead-letters": {
    readonly query: { readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: DeadLetterPage;
  };
  readonly "POST /spool/dead-letters/retry": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: RetryView;
  };
  readonly "GET /status": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: Status;
  };
  readonly "GET /tags": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: TagPage;
  };
  readonly "GET /tokens": {
    readonly query: { readonly in_force?: boolean | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: TokenPage;
  };
  readonly "POST /tokens": {
    readonly query: { };
    readonly body: TokenBody;
    readonly answer: TokenMade;
  };
  readonly "DELETE /tokens/{name}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: Revoked;
  };
  readonly "GET /uptime": {
    readonly query: { readonly from?: string | null; readonly to?: string | null; readonly month?: string | null; readonly group_by?: GroupBy; readonly kind?: string | null; readonly site?: string | null; readonly area?: string | null; readonly owner?: string | null; readonly device?: string | null; readonly exclude?: string | null; readonly contract?: string | null; readonly degraded?: Degraded; readonly format?: Format; };
    readonly body: undefined;
    readonly answer: Uptime;
  };
  readonly "GET /users": {
    readonly query: { readonly in_force?: boolean | null; readonly limit?: number; readonly cursor?: string | null; };
    readonly body: undefined;
    readonly answer: TokenPage;
  };
  readonly "POST /users": {
    readonly query: { };
    readonly body: TokenBody;
    readonly answer: TokenMade;
  };
  readonly "DELETE /users/{name}": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: Revoked;
  };
  readonly "GET /wall": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: Wall;
  };
  readonly "GET /wall/figures": {
    readonly query: { };
    readonly body: undefined;
    readonly answer: WallFigures;
  };
}
