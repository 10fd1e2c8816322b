import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorState } from "../../components/ErrorState";
import { Page } from "../../components/Page";
import { Skeleton } from "../../components/Skeleton";
import { useJobs, useOverview } from "../../host/context";
import type { Account, JobSnapshot, Mailbox } from "../../host/host";
import { isOver } from "../../host/jobs";
import { texts } from "../../texts";
import { AccountCard } from "./AccountCard";
import { ActiveJob } from "./ActiveJob";
import { ChooseMailbox } from "./ChooseMailbox";
import { ConfirmMailbox } from "./ConfirmMailbox";
import { defaultOptions } from "./options";
import { Welcome } from "./Welcome";

type Step = { at: "home" } | { at: "choose" } | { at: "confirm"; mailbox: Mailbox; from: "home" | "choose" };

type HomeProps = {
  accounts: readonly Account[];
  jobs: readonly JobSnapshot[];
  onAnother: () => void;
  onChange: (mailbox: Mailbox) => void;
};

function Home({ accounts, jobs, onAnother, onChange }: HomeProps) {
  const active = jobs.filter((job) => !isOver(job.status));
  const busy = new Set(active.map((job) => job.accountId));
  const another = (
    <Button onClick={onAnother}>
      <Plus aria-hidden className="size-4" />
      {texts.outcome.another}
    </Button>
  );
  return (
    <Page title={texts.nav.learning} actions={another}>
      <div className="flex flex-col gap-5">
        {active.map((job) => (
          <ActiveJob key={job.id} job={job} />
        ))}
        {accounts
          .filter((account) => !busy.has(account.id))
          .map((account) => (
            <AccountCard
              key={account.id}
              account={account}
              job={jobs.find((job) => job.accountId === account.id)}
              onChange={onChange}
            />
          ))}
      </div>
    </Page>
  );
}

function Another({ onChosen, onBack }: { onChosen: (mailbox: Mailbox) => void; onBack: () => void }) {
  const t = texts.choose;
  return (
    <Page title={t.anotherTitle} lead={t.anotherLead}>
      <ChooseMailbox label={t.start} withSample={false} onChosen={onChosen} />
      <div className="mt-5">
        <Button look="quiet" onClick={onBack}>
          {texts.common.back}
        </Button>
      </div>
    </Page>
  );
}

const accountFor = (mailbox: Mailbox, accounts: readonly Account[]) =>
  accounts.find((account) => (mailbox.type === "sample" ? account.isSample : account.place === mailbox.path));

export function LearningPage() {
  const [step, setStep] = useState<Step>({ at: "home" });
  const overview = useOverview();
  const jobs = useJobs();

  if (step.at === "confirm") {
    const known = accountFor(step.mailbox, overview.data?.accounts ?? []);
    return (
      <ConfirmMailbox
        mailbox={step.mailbox}
        // A mailbox that was learned before begins with what was chosen then.
        options={known?.options ?? defaultOptions}
        unfinished={jobs?.find((job) => job.accountId === known?.id && !isOver(job.status))}
        onBack={() => setStep({ at: step.from })}
        onStarted={() => setStep({ at: "home" })}
      />
    );
  }
  if (!overview.data || !jobs) {
    return (
      <Page title={texts.nav.learning}>
        {overview.isError ? (
          <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />
        ) : (
          <Skeleton blocks={["panel"]} />
        )}
      </Page>
    );
  }
  const confirm = (from: "home" | "choose") => (mailbox: Mailbox) =>
    setStep({ at: "confirm", mailbox, from });
  if (overview.data.accounts.length === 0 && jobs.every((job) => isOver(job.status))) {
    return <Welcome onChosen={confirm("home")} />;
  }
  if (step.at === "choose") {
    return <Another onChosen={confirm("choose")} onBack={() => setStep({ at: "home" })} />;
  }
  return (
    <Home
      accounts={overview.data.accounts}
      jobs={jobs}
      onAnother={() => setStep({ at: "choose" })}
      onChange={confirm("home")}
    />
  );
}
