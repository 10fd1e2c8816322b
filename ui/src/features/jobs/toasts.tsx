import { GraduationCap } from "lucide-react";
import { useEffect, useRef } from "react";
import { toast } from "sonner";
import { useJobs } from "../../host/context";
import type { JobSnapshot, JobStatus } from "../../host/host";
import { isOver } from "../../host/jobs";
import { texts } from "../../texts";
import { isUpToDate } from "./outcome";

const t = texts.toasts;
const started = <GraduationCap aria-hidden className="size-4.5 text-accent" />;

function tellEnd(job: JobSnapshot): void {
  const { accountName: name } = job;
  // It takes the place of the toast that told of the start, whose icon it would keep unless told otherwise.
  const place = { id: job.id, icon: undefined };
  if (job.status === "failed")
    toast.error(t.failed(name), { ...place, description: job.errorMessage, duration: 12_000 });
  else if (job.status === "cancelled") toast.info(t.cancelled(name), place);
  else if (isUpToDate(job)) toast.success(t.upToDate(name), place);
  else if (job.failedEmails > 0)
    toast.warning(t.completed(job.successfulEmails, name), {
      ...place,
      description: t.withFailures(job.failedEmails),
    });
  else toast.success(t.completed(job.successfulEmails, name), place);
}

/** Says when a job starts and how it ends, whoever started it. What was there when the window opened is no news. */
export function useJobToasts(): void {
  const jobs = useJobs();
  const known = useRef<Map<string, JobStatus> | null>(null);

  useEffect(() => {
    if (!jobs) return;
    const before = known.current;
    known.current = new Map(jobs.map((job) => [job.id, job.status]));
    if (!before) return;
    for (const job of jobs) {
      const was = before.get(job.id);
      if (isOver(job.status)) {
        if (!was || !isOver(was)) tellEnd(job);
      } else if (!was) {
        toast(t.started(job.accountName), { id: job.id, icon: started });
      }
    }
  }, [jobs]);
}
