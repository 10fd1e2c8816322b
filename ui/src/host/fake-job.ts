import type { JobSnapshot, JobStatus } from "./host";

export type Plan = {
  total: number;
  skipped: number;
  /** How many of the mails turn out to be unreadable, spread evenly. */
  unreadable: number;
  /** The reason for which the job fails half way. */
  breaksWith: string | null;
  mailsPerSecond: number;
};

const findingSeconds = 2;
const settlingSeconds = 1;

/** A job whose whole course is known from the start: a snapshot depends on the seconds it ran, and on nothing else. */
export type FakeJob = {
  id: string;
  accountId: number;
  accountName: string;
  plan: Plan;
  startedAt: number;
  seconds: number;
  cancelled: boolean;
};

function statusOf({ plan, cancelled }: FakeJob, processed: number, settled: boolean): JobStatus {
  if (cancelled) return "cancelled";
  if (plan.breaksWith !== null && processed >= (plan.total - plan.skipped) / 2) return "failed";
  return settled ? "completed" : "processing";
}

export function snapshotOf(job: FakeJob): JobSnapshot {
  const { plan, seconds } = job;
  const work = plan.total - plan.skipped;
  const finding = seconds < findingSeconds;
  const most = plan.breaksWith === null ? work : Math.ceil(work / 2);
  const processed = finding
    ? 0
    : Math.min(most, Math.floor((seconds - findingSeconds) * plan.mailsPerSecond));
  const learningSeconds = most / plan.mailsPerSecond;
  const settled = seconds >= findingSeconds + learningSeconds + settlingSeconds;
  const status = statusOf(job, processed, settled);
  const over = status !== "processing";
  const ended = findingSeconds + learningSeconds + (status === "completed" ? settlingSeconds : 0);
  const ran = Math.min(seconds, ended);
  const failed = work === 0 ? 0 : Math.floor((processed * plan.unreadable) / work);
  const left = findingSeconds + learningSeconds - seconds;
  const startedAt = new Date(job.startedAt).toISOString();
  return {
    id: job.id,
    accountId: job.accountId,
    accountName: job.accountName,
    status,
    stage: over ? null : finding ? "finding" : processed < work ? "learning" : "settling",
    totalEmails: finding ? Math.floor((plan.total * seconds) / findingSeconds) : plan.total,
    processedEmails: processed,
    successfulEmails: processed - failed,
    failedEmails: failed,
    skippedEmails: finding ? 0 : plan.skipped,
    mailsPerSecond: processed > 0 ? plan.mailsPerSecond : null,
    elapsedSeconds: ran,
    secondsLeft: !over && processed > plan.total / 50 && left > 0 ? left : null,
    errorMessage: status === "failed" ? plan.breaksWith : null,
    createdAt: startedAt,
    startedAt,
    completedAt: over ? new Date(job.startedAt + ran * 1000).toISOString() : null,
  };
}
