import { CircleAlert, CircleCheck, CircleStop, type LucideIcon, TriangleAlert } from "lucide-react";
import { useId } from "react";
import { Button, buttonLook } from "../../components/Button";
import { Card } from "../../components/Card";
import { ErrorState } from "../../components/ErrorState";
import type { Account, JobSnapshot, Mailbox } from "../../host/host";
import { hrefs } from "../../route";
import { formatMoment, texts } from "../../texts";
import { Failures } from "../jobs/Failures";
import { type Outcome, outcomeOf } from "../jobs/outcome";
import { useStartLearning } from "./start";

const t = texts.outcome;

const moods: Record<Outcome["mood"], { icon: LucideIcon; colour: string }> = {
  good: { icon: CircleCheck, colour: "text-accent" },
  mixed: { icon: TriangleAlert, colour: "text-caution" },
  bad: { icon: CircleAlert, colour: "text-danger" },
  ended: { icon: CircleStop, colour: "text-soft" },
};

function Ended({ job }: { job: JobSnapshot }) {
  const { mood, title, text, said } = outcomeOf(job);
  const { icon: Icon, colour } = moods[mood];
  return (
    <div className="mt-5 flex gap-3">
      <Icon aria-hidden className={`mt-0.5 size-5 shrink-0 ${colour}`} strokeWidth={1.75} />
      <div className="min-w-0">
        <p className="font-semibold text-lead tabular-nums">{title}</p>
        {said && (
          <p className="line-clamp-4 break-words">
            <bdi>{said}</bdi>
          </p>
        )}
        <p className="text-soft tabular-nums">{text}</p>
      </div>
    </div>
  );
}

type Props = { account: Account; job: JobSnapshot | undefined; onChange: (mailbox: Mailbox) => void };

/** A mailbox that was learned: how that ended, and what can be done next. */
export function AccountCard({ account, job, onChange }: Props) {
  const id = useId();
  const start = useStartLearning();
  const mailbox: Mailbox = account.isSample ? { type: "sample" } : { type: "path", path: account.place };
  const me = account.addresses.filter((found) => found.chosen).map((found) => found.address);

  const at = job?.completedAt ?? job?.createdAt;

  const again = () => {
    if (me.length === 0) onChange(mailbox);
    else start.mutate({ mailbox, me, options: account.options });
  };

  return (
    <Card labelledBy={id}>
      <div className="flex items-baseline justify-between gap-6">
        <h2 id={id} className="min-w-0 truncate font-semibold text-title tracking-tight">
          <bdi>{account.name}</bdi>
        </h2>
        {at && (
          <time dateTime={at} className="shrink-0 text-small text-soft tabular-nums">
            {formatMoment(at)}
          </time>
        )}
      </div>
      {!account.isSample && (
        <p className="truncate text-small text-soft" title={account.place}>
          <bdi>{account.place}</bdi>
        </p>
      )}
      {job ? <Ended job={job} /> : <p className="mt-5 text-soft">{t.never}</p>}
      <div className="mt-5 flex flex-wrap items-center gap-2">
        {job && job.status !== "failed" && (
          <a href={hrefs.knowledge(account.id)} className={buttonLook("primary")}>
            {t.see}
          </a>
        )}
        <Button busy={start.isPending} onClick={again}>
          {start.isPending ? texts.confirm.starting : job ? t.again : texts.confirm.start}
        </Button>
        <Button look="quiet" onClick={() => onChange(mailbox)}>
          {t.change}
        </Button>
      </div>
      {start.isError && (
        <div className="mt-5">
          <ErrorState error={start.error} />
        </div>
      )}
      {job && <Failures job={job} />}
    </Card>
  );
}
