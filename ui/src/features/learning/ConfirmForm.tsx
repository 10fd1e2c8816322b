import { Info } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { ErrorState } from "../../components/ErrorState";
import { Note } from "../../components/Note";
import type { JobSnapshot, LearnOptions, Mailbox, MailboxReport } from "../../host/host";
import { texts } from "../../texts";
import { addedAddress } from "./addresses";
import { OptionsForm } from "./OptionsForm";
import { OwnerAddresses } from "./OwnerAddresses";
import { draftOf, readOptions } from "./options";
import { useStartLearning } from "./start";

const t = texts.confirm;

type Props = {
  mailbox: Mailbox;
  report: MailboxReport;
  options: LearnOptions;
  /** The job of this mailbox that is not over. */
  unfinished: JobSnapshot | undefined;
  onBack: () => void;
  onStarted: () => void;
};

export function ConfirmForm({ mailbox, report, options, unfinished, onBack, onStarted }: Props) {
  const [added, setAdded] = useState<string[]>([]);
  const [ticked, setTicked] = useState(
    () => new Set(report.addresses.filter((found) => found.chosen).map((found) => found.address)),
  );
  const [draft, setDraft] = useState(() => draftOf(options));
  const [tried, setTried] = useState(false);
  const start = useStartLearning();

  const tick = (address: string, on: boolean) => {
    const next = new Set(ticked);
    if (on) next.add(address);
    else next.delete(address);
    setTicked(next);
  };

  const submit = () => {
    setTried(true);
    const chosen = readOptions(draft).options;
    if (ticked.size === 0 || !chosen) return;
    start.mutate({ mailbox, me: [...ticked], options: chosen }, { onSuccess: onStarted });
  };

  return (
    <div className="flex flex-col gap-5">
      <Card label={t.me}>
        <OwnerAddresses
          addresses={[...report.addresses, ...added.map(addedAddress)]}
          ticked={ticked}
          onTick={tick}
          onAdd={(address) => {
            setAdded([...added, address]);
            tick(address, true);
          }}
          error={tried && ticked.size === 0 ? t.needAddress : undefined}
        />
      </Card>
      <Card label={texts.options.title}>
        <OptionsForm draft={draft} onChange={setDraft} />
      </Card>
      {unfinished && <Note icon={Info}>{t.unfinished[unfinished.status]}</Note>}
      {start.isError && <ErrorState error={start.error} />}
      <div className="sticky bottom-0 -mx-6 -mb-16 wide:-mx-8 flex items-center gap-2 border-line border-t bg-canvas px-6 py-4 wide:px-8">
        {unfinished?.status === "processing" ? (
          <Button look="primary" onClick={onStarted}>
            {t.seeJob}
          </Button>
        ) : (
          <Button look="primary" busy={start.isPending} onClick={submit}>
            {start.isPending ? t.starting : unfinished?.status === "paused" ? t.goOn : t.start}
          </Button>
        )}
        <Button look="quiet" onClick={onBack}>
          {texts.common.back}
        </Button>
      </div>
    </div>
  );
}
