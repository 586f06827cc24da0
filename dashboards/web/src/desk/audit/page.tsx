/** `/meja/jejak`: who did what, newest first. For administrators. */

import type { JSX } from "preact";
import { ask } from "../../shared/api/client";
import { useDesk } from "../context";
import { PagedList, usePaged } from "../paged";
import { moment } from "../texts";

export default function AuditPage(): JSX.Element {
  const { words, zone } = useDesk();
  const list = usePaged("audit", (cursor, signal) =>
    ask("GET /audit", { query: { limit: 100, cursor }, signal }),
  );
  return (
    <>
      <h1 data-test="title">{words.say("page.audit")}</h1>
      <PagedList list={list} none={words.say("audit.none")}>
        {(items) => (
          <table class="list">
            <thead>
              <tr>
                <th>{words.say("audit.when")}</th>
                <th>{words.say("audit.who")}</th>
                <th>{words.say("audit.what")}</th>
                <th>{words.say("audit.about")}</th>
                <th>{words.say("audit.words")}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.id} data-test="audit">
                  <td>{moment(Date.parse(one.at), zone, words)}</td>
                  <td>{one.author}</td>
                  <td title={one.action}>{words.find(`deed.${one.action}`) ?? one.action}</td>
                  <td>{one.object}</td>
                  <td>{one.detail}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </PagedList>
    </>
  );
}
