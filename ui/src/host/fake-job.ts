import type { JobSnapshot, JobStatus } from "./host";
import { isOver } from "./jobs";

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

/** Why a job stands still; trouble lets it go on at a time. */
export type FakePause = { by: "owner" } | { by: "trouble"; said: string; until: number };

/** A job whose whole course is known from the start: how far it is depends on the seconds it ran, and on nothing else. */
export type FakeJob = {
  id: string;
  number: number;
  retryOf: number | null;
  accountId: number;
  accountName: string;
  plan: Plan;
  startedAt: number;
  seconds: number;
  cancelled: boolean;
  queued: boolean;
  pause: FakePause | null;
  /** What holds it up while it runs. */
  trouble: string | null;
};

function statusOf(
  { plan, cancelled, queued, pause }: FakeJob,
  processed: number,
  settled: boolean,
): JobStatus {
  if (cancelled) return "cancelled";
  if (plan.breaksWith !== null && processed >= (plan.total - plan.skipped) / 2) return "failed";
  if (settled) return "completed";
  if (pause) return "paused";
  return queued ? "queued" : "processing";
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
  const runs = status === "processing";
  const over = isOver(status);
  const pause = status === "paused" ? job.pause : null;
  const ended = findingSeconds + learningSeconds + (status === "completed" ? settlingSeconds : 0);
  const ran = Math.min(seconds, ended);
  const failed = work === 0 ? 0 : Math.floor((processed * plan.unreadable) / work);
  const left = findingSeconds + learningSeconds - seconds;
  const createdAt = new Date(job.startedAt).toISOString();
  const startedAt = status === "queued" && seconds === 0 ? null : createdAt;
  const found = runs ? Math.floor((plan.total * seconds) / findingSeconds) : 0;
  return {
    id: job.id,
    number: job.number,
    accountId: job.accountId,
    accountName: job.accountName,
    status,
    pausedBy: pause?.by ?? null,
    resumesAt: pause?.by === "trouble" ? new Date(pause.until).toISOString() : null,
    trouble: runs ? job.trouble : null,
    retryOf: job.retryOf,
    stage: !runs ? null : finding ? "finding" : processed < work ? "learning" : "settling",
    totalEmails: finding ? found : plan.total,
    processedEmails: processed,
    successfulEmails: processed - failed,
    failedEmails: failed,
    skippedEmails: finding ? 0 : plan.skipped,
    mailsPerSecond: processed > 0 && !(runs && job.trouble) ? plan.mailsPerSecond : null,
    elapsedSeconds: ran,
    secondsLeft: runs && !job.trouble && processed > plan.total / 50 && left > 0 ? left : null,
    errorMessage: status === "failed" ? plan.breaksWith : pause?.by === "trouble" ? pause.said : null,
    createdAt,
    startedAt,
    completedAt: over ? new Date(job.startedAt + ran * 1000).toISOString() : null,
  };
}
