/** Problems and notes: where in the spreadsheet, what, and what to do, in the page's language. */

import type { JSX } from "preact";
import type { ListRemark } from "../../shared/api/schema";
import { useDesk } from "../context";
import { placeSaid, remarkSaid } from "./reading";

export interface RemarksProps {
  readonly title: string;
  readonly remarks: readonly ListRemark[];
  readonly total: number;
  readonly test: string;
  readonly open: boolean;
}

export function Remarks({ title, remarks, total, test, open }: RemarksProps): JSX.Element | null {
  const { words } = useDesk();
  if (total === 0) return null;
  return (
    <details class="part" open={open} data-test={test}>
      <summary>
        {title} ({words.number(total)})
      </summary>
      <table class="list">
        <thead>
          <tr>
            <th>{words.say("imp.place")}</th>
            <th>{words.say("imp.problem")}</th>
            <th>{words.say("imp.remedy")}</th>
          </tr>
        </thead>
        <tbody>
          {remarks.map((one, index) => {
            const { problem, remedy } = remarkSaid(one, words);
            return (
              <tr key={index} data-test="remark">
                <td>{placeSaid(one, words)}</td>
                <td>{problem}</td>
                <td>{remedy}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {total > remarks.length && (
        <p class="quiet">
          {words.say("imp.first", {
            shown: words.number(remarks.length),
            all: words.number(total),
          })}
        </p>
      )}
    </details>
  );
}
