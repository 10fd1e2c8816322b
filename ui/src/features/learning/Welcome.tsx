import type { Mailbox } from "../../host/host";
import { texts } from "../../texts";
import { ChooseMailbox } from "./ChooseMailbox";

const t = texts.choose;

export function Welcome({ onChosen }: { onChosen: (mailbox: Mailbox) => void }) {
  return (
    <div className="mx-auto flex min-h-full max-w-2xl animate-enter flex-col justify-center px-8 py-14">
      <title>{texts.pageTitle(texts.nav.learning)}</title>
      <h1 className="font-semibold text-hero tracking-tight">{t.welcomeTitle}</h1>
      <p className="mt-3 max-w-xl text-pretty text-lead text-soft">{t.welcomeLead}</p>
      <h2 className="mt-10 mb-3 font-medium">{t.start}</h2>
      <ChooseMailbox label={t.start} withSample onChosen={onChosen} />
    </div>
  );
}
