import { describe, expect, test } from "vitest";
import { lostMinutes } from "../../src/desk/incident/cards";
import { tell } from "../../src/desk/incident/story";
import { longDuration } from "../../src/desk/texts";
import { wordsOf } from "../../src/desk/words";
import type {
  IncidentDetail,
  IncidentEventKind,
  NotificationView,
  TimelineLine,
} from "../../src/shared/api/schema";
import { incident } from "../shared/api";

const NOW = Date.parse("2026-11-21T19:26:41Z");

function line(kind: IncidentEventKind, more: Partial<TimelineLine> = {}): TimelineLine {
  return {
    id: Math.random(),
    incident: 1,
    kind,
    at: "2026-11-21T18:15:08Z",
    author: null,
    text: "",
    outage: null,
    cause: null,
    rule: null,
    other: null,
    ...more,
  };
}

function detail(timeline: TimelineLine[], more: Partial<IncidentDetail> = {}): IncidentDetail {
  return {
    ...incident(1),
    merged: [],
    timeline,
    timeline_left_out: 0,
    first_outages: [1, 2, 3, 4, 5, 6].map((id) => ({
      id,
      device: `cam-${id}`,
      device_name: `Kamera ${id}`,
      state: "unreachable",
      started_at: "2026-11-21T18:14:08Z",
      confirmed_at: "2026-11-21T18:15:08Z",
      ended_at: id === 1 ? "2026-11-21T18:24:38Z" : null,
      root: "sw",
      cause: "upstream",
    })),
    ...more,
  };
}

const told = (one: IncidentDetail, notifications: NotificationView[] = []): string[] =>
  tell(one, notifications, NOW, wordsOf("id")).map(({ title, detail: more }) =>
    more === "" ? title : `${title} | ${more}`,
  );

describe("the story", () => {
  test("begins with the first failure and ends with what is so now", () => {
    expect(told(detail([line("opened")]))).toEqual([
      "Kamera 1 gagal pertama",
      "Dipastikan; insiden dibuka",
      "Kini: masih mati",
    ]);
  });

  test("tells outages that came together in one line, and counts beyond four names", () => {
    const joined = [1, 2, 3, 4, 5, 6].map((outage) => line("outage_joined", { outage }));
    expect(told(detail(joined))[1]).toBe(
      "6 perangkat tidak bekerja | Kamera 1, Kamera 2, Kamera 3, Kamera 4 + 2 lainnya",
    );
  });

  test("says whose word it is", () => {
    const lines = [
      line("acknowledged", { author: "Piket 2", text: "Teknisi dikirim" }),
      line("unacknowledged", { author: "Piket 2" }),
      line("note", { author: "Piket 1", text: "Kabel putus" }),
      line("cause_proposed", { cause: "power", rule: "ups_on_battery" }),
      line("cause_corrected", { author: "Piket 1", cause: "link", text: "Kata penyedia" }),
    ];
    expect(told(detail(lines)).slice(1, -1)).toEqual([
      "Ditangani Piket 2 | Teknisi dikirim",
      "Dilepaskan Piket 2",
      "Kabel putus | Piket 1",
      "Sebab menurut Pantau: listrik padam | UPS di sana memakai baterai",
      "Sebab menurut Piket 1: jaringan putus | Kata penyedia",
    ]);
  });

  test("has no now when it is over, and tells what was not true", () => {
    const over = detail([line("resolved", { text: "taken_back" })], {
      recovered_at: "2026-11-21T19:00:00Z",
    });
    expect(told(over)).toEqual([
      "Kamera 1 gagal pertama",
      "Selesai dengan sendirinya | ternyata tidak ada gangguan",
    ]);
  });

  test("puts messages at their moment, also those that did not arrive", () => {
    const message = (more: Partial<NotificationView>): NotificationView => ({
      id: 1,
      thread: 1,
      receiver: "Piket Jaringan",
      channel: "telegram",
      purpose: "firing",
      severity: "critical",
      title: null,
      key: "k",
      created_at: "2026-11-21T18:15:09Z",
      due_at: "2026-11-21T18:15:09Z",
      state: "sent",
      attempts: 1,
      maybe_twice: false,
      sent_at: "2026-11-21T18:15:11Z",
      reference: null,
      answer: "",
      ...more,
    });
    const lines = [line("opened"), line("note", { at: "2026-11-21T18:20:00Z", text: "Catatan" })];
    const messages = [
      message({}),
      message({ id: 2, state: "dead", sent_at: null, answer: "chat not found" }),
      message({ id: 3, purpose: "escalation", receiver: "Kepala sif", sent_at: "2026-11-21T18:45:09Z" }),
    ];
    expect(told(detail(lines), messages)).toEqual([
      "Kamera 1 gagal pertama",
      "Dipastikan; insiden dibuka",
      "Pemberitahuan ke Piket Jaringan | telegram · gagal: chat not found",
      "Pemberitahuan ke Piket Jaringan | telegram · terkirim",
      "Catatan",
      "Dinaikkan ke Kepala sif | telegram · terkirim",
      "Kini: masih mati",
    ]);
  });

  test("counts lines that were left out", () => {
    expect(told(detail([], { timeline_left_out: 31 }))[1]).toBe("31 baris lagi tidak ditampilkan");
  });
});

test("lost minutes are those of every outage until its end or now, floored", () => {
  const { first_outages: outages } = detail([]);
  expect(lostMinutes(outages.slice(0, 1), NOW)).toBe(10);
  expect(lostMinutes(outages.slice(0, 2), NOW)).toBe(83);
  expect(lostMinutes([], NOW)).toBe(0);
});

test.each([
  [0, "0 detik"],
  [59_999, "59 detik"],
  [72 * 60_000, "1 jam 12 menit"],
  [3_600_000, "1 jam"],
  [76 * 3_600_000, "3 hari 4 jam"],
  [-5_000, "0 detik"],
])("%d ms are, in a sentence, %s", (milliseconds, text) => {
  expect(longDuration(milliseconds, wordsOf("id"))).toBe(text);
});
