import { useState } from "react";
import { Dialog } from "../../components/Dialog";
import type { JobSnapshot } from "../../host/host";
import { formatDuration, formatMoment, formatTime, texts } from "../../texts";
import { FailureList } from "./FailureList";
import { RetryFailed } from "./RetryFailed";
import { StatusBadge } from "./StatusBadge";

const t = texts.jobs;
const n = texts.common.number;

const head = "px-2 first:pl-4 last:pr-4 wide:px-4 py-2.5 font-medium text-small text-soft whitespace-nowrap";
const cell = "px-2 first:pl-4 last:pr-4 wide:px-4 py-3";
const figure = "text-right tabular-nums whitespace-nowrap";

function hintsOf(job: JobSnapshot): string[] {
  return [
    ...(job.retryOf === null ? [] : [t.retryOf(job.retryOf)]),
    ...(job.resumesAt === null ? [] : [texts.job.goesOn(formatTime(job.resumesAt))]),
  ];
}

function Row({ job, onFailures }: { job: JobSnapshot; onFailures: () => void }) {
  const at = job.startedAt ?? job.createdAt;
  return (
    <tr className="border-line border-t">
      <th scope="row" className={`${cell} w-full max-w-0 text-left font-normal`}>
        <span className="block truncate font-medium" title={job.accountName}>
          <bdi>{job.accountName}</bdi>
        </span>
        <time dateTime={at} className="block truncate text-small text-soft tabular-nums">
          {t.job(job.number, formatMoment(at))}
        </time>
        {hintsOf(job).map((hint) => (
          <span key={hint} className="block truncate text-small text-soft" title={hint}>
            {hint}
          </span>
        ))}
      </th>
      <td className={cell}>
        <StatusBadge status={job.status} />
      </td>
      <td className={`${cell} ${figure}`}>
        {n(job.processedEmails)} <span className="text-soft">/ {n(job.totalEmails)}</span>
      </td>
      <td className={`${cell} ${figure} max-wide:hidden`}>{n(job.skippedEmails)}</td>
      <td className={`${cell} ${figure}`}>
        {job.failedEmails > 0 ? (
          <button
            type="button"
            onClick={onFailures}
            aria-label={texts.jobs.failedMails(job.failedEmails)}
            className="cursor-pointer rounded-small px-1 text-danger underline decoration-1 underline-offset-3 hover:decoration-2"
          >
            {n(job.failedEmails)}
          </button>
        ) : (
          <span className="px-1">{n(0)}</span>
        )}
      </td>
      <td className={`${cell} ${figure}`}>{formatDuration(job.elapsedSeconds)}</td>
    </tr>
  );
}

export function JobsTable({ jobs }: { jobs: readonly JobSnapshot[] }) {
  const [openId, setOpenId] = useState<string | null>(null);
  const open = jobs.find((job) => job.id === openId);
  const c = t.columns;
  return (
    <div className="overflow-hidden rounded-card border border-line bg-surface shadow-lift">
      <table className="w-full border-collapse">
        <thead className="text-left">
          <tr>
            <th className={head}>{c.account}</th>
            <th className={head}>{c.status}</th>
            <th className={`${head} text-right`}>{c.mails}</th>
            <th className={`${head} text-right max-wide:hidden`}>{c.skipped}</th>
            <th className={`${head} text-right`}>{c.failed}</th>
            <th className={`${head} text-right`}>{c.duration}</th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <Row key={job.id} job={job} onFailures={() => setOpenId(job.id)} />
          ))}
        </tbody>
      </table>
      <Dialog
        title={open ? texts.failures.title(open.accountName) : ""}
        open={open !== undefined}
        onClose={() => setOpenId(null)}
        footer={open && <RetryFailed job={open} onStarted={() => setOpenId(null)} />}
      >
        {open && <FailureList job={open} />}
      </Dialog>
    </div>
  );
}
