/**
 * The words of the desk: the shared ones, those of the frame and the first pages (`core`), and those
 * of each other page, which lie in the page's own folder as `words.id.json` and `words.en.json`.
 */

import { speaking, type Catalogues, type WordsOf } from "../../shared/words";
import accessEn from "../access/words.en.json";
import accessId from "../access/words.id.json";
import alarmsEn from "../alarmhealth/words.en.json";
import alarmsId from "../alarmhealth/words.id.json";
import auditEn from "../audit/words.en.json";
import auditId from "../audit/words.id.json";
import coreEn from "./core/en.json";
import coreId from "./core/id.json";
import designEn from "../design/words.en.json";
import designId from "../design/words.id.json";
import mapEn from "../map/words.en.json";
import mapId from "../map/words.id.json";
import reportsEn from "../reports/words.en.json";
import reportsId from "../reports/words.id.json";
import importsEn from "../imports/words.en.json";
import importsId from "../imports/words.id.json";
import maintenanceEn from "../maintenance/words.en.json";
import maintenanceId from "../maintenance/words.id.json";
import scopeEn from "../scope/words.en.json";
import scopeId from "../scope/words.id.json";
import silencesEn from "../silences/words.en.json";
import silencesId from "../silences/words.id.json";
import healthEn from "../health/words.en.json";
import healthId from "../health/words.id.json";
import quarantineEn from "../quarantine/words.en.json";
import quarantineId from "../quarantine/words.id.json";
import registerEn from "../register/words.en.json";
import registerId from "../register/words.id.json";
import uptimeEn from "../uptime/words.en.json";
import uptimeId from "../uptime/words.id.json";
import indicatorsEn from "../indicators/words.en.json";
import indicatorsId from "../indicators/words.id.json";

const id = {
  ...coreId,
  ...accessId,
  ...alarmsId,
  ...auditId,
  ...indicatorsId,
  ...designId,
  ...mapId,
  ...reportsId,
  ...importsId,
  ...maintenanceId,
  ...scopeId,
  ...silencesId,
  ...healthId,
  ...quarantineId,
  ...registerId,
  ...uptimeId,
};
const en = {
  ...coreEn,
  ...accessEn,
  ...alarmsEn,
  ...auditEn,
  ...indicatorsEn,
  ...designEn,
  ...mapEn,
  ...reportsEn,
  ...importsEn,
  ...maintenanceEn,
  ...scopeEn,
  ...silencesEn,
  ...healthEn,
  ...quarantineEn,
  ...registerEn,
  ...uptimeEn,
};

export const DESK: Catalogues<typeof id> = { id, en };

export type Words = WordsOf<typeof id>;

/** The desk's words in one language. */
export const wordsOf = speaking<typeof id>(DESK);
