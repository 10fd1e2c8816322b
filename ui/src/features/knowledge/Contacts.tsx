import type { Contact } from "../../host/host";
import { texts } from "../../texts";

const t = texts.knowledge;
const n = texts.common.number;

const head = "pb-2 font-medium text-small text-soft whitespace-nowrap";
const figure = "py-2.5 pl-5 text-right tabular-nums whitespace-nowrap";

export function Contacts({ contacts }: { contacts: readonly Contact[] }) {
  if (contacts.length === 0) return <p className="text-soft">{t.noContacts}</p>;
  const c = t.columns;
  return (
    <table className="-mb-2 w-full border-collapse">
      <thead>
        <tr>
          <th className={`${head} text-left`}>{c.contact}</th>
          <th className={`${head} pl-5 text-right`}>{c.received}</th>
          <th className={`${head} pl-5 text-right`}>{c.sent}</th>
          <th className={`${head} pl-5 text-right`}>{c.answered}</th>
          <th className={`${head} pl-5 text-right`}>{c.usually}</th>
        </tr>
      </thead>
      <tbody>
        {contacts.map((contact) => (
          <tr key={contact.address} className="border-line border-t">
            <th scope="row" className="w-full max-w-0 py-2.5 text-left font-normal">
              <span className="block truncate font-medium">
                <bdi>{contact.name ?? contact.address}</bdi>
              </span>
              {contact.name && (
                <span className="block truncate text-small text-soft">
                  <bdi>{contact.address}</bdi>
                </span>
              )}
            </th>
            <td className={figure}>{n(contact.received)}</td>
            <td className={figure}>{n(contact.sent)}</td>
            <td className={figure}>{n(contact.answered)}</td>
            <td className={figure}>
              {contact.medianAnswerSeconds === null
                ? texts.job.unknown
                : t.within(contact.medianAnswerSeconds)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
