import type { JobSnapshot } from "../../host/host";
import { texts } from "../../texts";

const t = texts.outcome;

export type Outcome = {
  mood: "good" | "mixed" | "bad" | "ended";
  title: string;
  text: string;
  said: string | null;
};

export const isUpToDate = (job: JobSnapshot): boolean =>
  job.status === "completed" && job.processedEmails === 0 && job.skippedEmails > 0;

/** How a job that is over ended, in words. */
export function outcomeOf(job: JobSnapshot): Outcome {
  if (job.status === "failed") {
    const said = job.errorMessage ?? t.failedNoReason;
    return { mood: "bad", title: t.failed, text: t.kept(job.processedEmails), said };
  }
  if (job.status === "cancelled") {
    return { mood: "ended", title: t.cancelled, text: t.kept(job.processedEmails), said: null };
  }
  if (isUpToDate(job)) {
    return { mood: "good", title: t.upToDate, text: t.upToDateText(job.totalEmails), said: null };
  }
  const text =
    job.failedEmails > 0
      ? [
          t.unreadable(job.failedEmails),
          ...(job.skippedEmails > 0 ? [t.completedText(job.skippedEmails)] : []),
        ].join(" ")
      : t.completedText(job.skippedEmails);
  const mood = job.failedEmails > 0 ? "mixed" : "good";
  return { mood, title: t.completed(job.successfulEmails), text, said: null };
}
