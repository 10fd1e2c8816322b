import type { JobSnapshot, JobStatus } from "./host";
import type { Live } from "./queries";

export function isOver(status: JobStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

/**
 * Whole percent of the mails that need no more work; null while nobody knows how many there are.
 * Never 100 before the job is over.
 */
export function percentDone(job: JobSnapshot): number | null {
  if (job.stage === "finding") return null;
  if (job.totalEmails === 0) return job.status === "processing" ? null : 0;
  const percent = Math.floor(((job.processedEmails + job.skippedEmails) / job.totalEmails) * 100);
  return isOver(job.status) ? percent : Math.min(percent, 99);
}

/**
 * A job that is over stays over; otherwise what was said live is newer than any overview, which may have been
 * on its way while frames arrived.
 */
export function allJobs(stored: readonly JobSnapshot[], live: Live | undefined): JobSnapshot[] {
  if (!live) return [...stored];
  const seen = new Set(stored.map((job) => job.id));
  const born = [...live.jobs.values()].filter((job) => !seen.has(job.id));
  const merged = stored.map((job) => (isOver(job.status) ? job : (live.jobs.get(job.id) ?? job)));
  return [...born, ...merged].sort((a, b) => b.number - a.number);
}
