import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Square } from "lucide-react";
import { useId } from "react";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { ErrorState } from "../../components/ErrorState";
import { Figures } from "../../components/Figures";
import { ProgressBar } from "../../components/ProgressBar";
import { useHost } from "../../host/context";
import type { JobSnapshot } from "../../host/host";
import { isOver, percentDone } from "../../host/jobs";
import { keys, type Live } from "../../host/queries";
import { formatElapsed, texts } from "../../texts";
import { Failures } from "../jobs/Failures";
import { Milestones } from "./Milestones";

const t = texts.job;

function stageOf(job: JobSnapshot): string {
  if (job.status === "queued") return t.waiting;
  if (job.status === "paused") return t.paused;
  return t.stages[job.stage ?? "learning"];
}

function useStop(job: JobSnapshot) {
  const host = useHost();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => host.cancelJob(job.id),
    onSuccess: (answer) => {
      if (!isOver(answer.status)) return;
      client.setQueryData<Live>(
        keys.live,
        (live) => live && { ...live, jobs: new Map([...live.jobs, [answer.id, answer]]) },
      );
      return client.invalidateQueries({ queryKey: keys.overview });
    },
  });
}

function Counts({ job }: { job: JobSnapshot }) {
  const c = t.counts;
  return (
    <Figures
      label={t.progress}
      figures={[
        { label: c.total, value: job.totalEmails },
        { label: c.processed, value: job.processedEmails },
        { label: c.successful, value: job.successfulEmails },
        { label: c.failed, value: job.failedEmails, tone: job.failedEmails > 0 ? "danger" : undefined },
        {
          label: c.skipped,
          value: job.skippedEmails,
          hint: job.skippedEmails > 0 ? t.skippedHint : undefined,
        },
      ]}
    />
  );
}

function Pace({ job }: { job: JobSnapshot }) {
  const parts = [
    ...(job.mailsPerSecond === null ? [] : [t.perSecond(job.mailsPerSecond)]),
    ...(job.startedAt === null ? [] : [t.elapsed(formatElapsed(job.elapsedSeconds))]),
  ];
  return (
    <div className="shrink-0 text-right">
      {job.secondsLeft !== null && <p className="font-semibold text-ink">{t.left(job.secondsLeft)}</p>}
      <p>{parts.join(" · ")}</p>
    </div>
  );
}

/** A job that is not over: how far it is, and the way to stop it. */
export function ActiveJob({ job }: { job: JobSnapshot }) {
  const id = useId();
  const stop = useStop(job);
  const percent = percentDone(job);
  const done = job.processedEmails + job.skippedEmails;
  const reached = percent === null ? t.found(job.totalEmails) : t.of(done, job.totalEmails);
  // Stopping ends with the batch in hand, so the answer may come before the end does.
  const stopping = stop.isPending || stop.isSuccess;

  return (
    <Card labelledBy={id}>
      <div className="flex items-start justify-between gap-6">
        <div className="min-w-0">
          <h2 id={id} className="truncate font-semibold text-title tracking-tight">
            {t.from} <bdi>{job.accountName}</bdi>
          </h2>
          <p className="mt-0.5 text-soft">{stageOf(job)}</p>
        </div>
        <Button look="danger" busy={stopping} onClick={() => stop.mutate()}>
          <Square aria-hidden className="size-3 fill-current" />
          {stopping ? t.stopping : t.stop}
        </Button>
      </div>
      <div className="mt-6">
        <ProgressBar
          label={t.progress}
          percent={percent}
          valueText={percent === null ? stageOf(job) : t.progressValue(done, job.totalEmails, percent)}
        />
      </div>
      <div className="mt-2.5 flex items-start justify-between gap-4 text-soft tabular-nums">
        <p>
          {job.totalEmails > 0 && (
            <>
              {percent !== null && (
                <span className="mr-2 font-semibold text-ink">{texts.common.percent(percent)}</span>
              )}
              {reached}
            </>
          )}
        </p>
        <Pace job={job} />
      </div>
      <div className="mt-6 border-line border-t pt-5">
        <Counts job={job} />
      </div>
      <Failures job={job} />
      {stop.isError && (
        <div className="mt-5">
          <ErrorState error={stop.error} />
        </div>
      )}
      <Milestones name={job.accountName} percent={percent} />
    </Card>
  );
}
