import { Hourglass, TriangleAlert } from "lucide-react";
import { useId, useRef } from "react";
import { Card } from "../../components/Card";
import { ErrorState } from "../../components/ErrorState";
import { Figures } from "../../components/Figures";
import { Note } from "../../components/Note";
import { ProgressBar } from "../../components/ProgressBar";
import type { JobSnapshot } from "../../host/host";
import { percentDone } from "../../host/jobs";
import { formatElapsed, formatTime, texts } from "../../texts";
import { Failures } from "../jobs/Failures";
import { StatusBadge } from "../jobs/StatusBadge";
import { Milestones } from "./Milestones";
import { Steering } from "./Steering";
import { useSteer } from "./steer";

const t = texts.job;

function stageOf(job: JobSnapshot): string {
  if (job.status === "queued") return t.waiting;
  if (job.status === "paused") return t.statuses.paused;
  return t.stages[job.stage ?? "learning"];
}

/** What keeps the job from going on: trouble that paused it, or that it waits out. */
function Trouble({ job }: { job: JobSnapshot }) {
  if (job.pausedBy === "trouble") {
    return (
      <Note icon={TriangleAlert} tone="caution">
        <p className="line-clamp-4 break-words">
          <bdi>{job.errorMessage ?? t.troubled}</bdi>
        </p>
        {job.resumesAt && <p className="text-soft tabular-nums">{t.goesOn(formatTime(job.resumesAt))}</p>}
      </Note>
    );
  }
  if (job.trouble === null) return null;
  return (
    <Note icon={Hourglass}>
      <p className="line-clamp-4 break-words">
        <span className="text-soft">{t.heldUp}</span> <bdi>{job.trouble}</bdi>
      </p>
    </Note>
  );
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
  const runs = job.status === "processing";
  const parts = [
    ...(job.mailsPerSecond === null || !runs ? [] : [t.perSecond(job.mailsPerSecond)]),
    ...(job.startedAt === null ? [] : [t.elapsed(formatElapsed(job.elapsedSeconds))]),
  ];
  return (
    <div className="shrink-0 text-right">
      {job.secondsLeft !== null && <p className="font-semibold text-ink">{t.left(job.secondsLeft)}</p>}
      <p>{parts.join(" · ")}</p>
    </div>
  );
}

/** A job that is not over: how far it is, what holds it up, and the ways to steer it. */
export function ActiveJob({ job }: { job: JobSnapshot }) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const steer = useSteer(job);
  const percent = percentDone(job);
  const done = job.processedEmails + job.skippedEmails;
  const reached = percent === null ? t.found(job.totalEmails) : t.of(done, job.totalEmails);
  const counted = percent !== null && job.totalEmails > 0;

  return (
    <Card labelledBy={id}>
      <div className="flex items-start justify-between gap-6">
        <div className="min-w-0">
          <h2
            id={id}
            ref={heading}
            tabIndex={-1}
            className="truncate font-semibold text-title tracking-tight outline-none"
          >
            {t.from} <bdi>{job.accountName}</bdi>
          </h2>
          <p className="mt-0.5 text-soft">
            {job.status === "paused" ? <StatusBadge status="paused" /> : stageOf(job)}
          </p>
        </div>
        <Steering job={job} steer={steer} heir={heading} />
      </div>
      <div className="mt-6">
        <ProgressBar
          label={t.progress}
          percent={percent}
          valueText={counted ? t.progressValue(done, job.totalEmails, percent) : stageOf(job)}
          resting={job.status !== "processing"}
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
      <div className="mt-5 empty:hidden">
        <Trouble job={job} />
      </div>
      <div className="mt-6 border-line border-t pt-5">
        <Counts job={job} />
      </div>
      <Failures job={job} />
      {steer.error && (
        <div className="mt-5">
          <ErrorState error={steer.error} />
        </div>
      )}
      <Milestones name={job.accountName} status={job.status} percent={percent} />
    </Card>
  );
}
