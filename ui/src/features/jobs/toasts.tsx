import { useQueryClient } from "@tanstack/react-query";
import { GraduationCap } from "lucide-react";
import { useCallback, useEffect, useRef } from "react";
import { toast } from "sonner";
import { useJobs } from "../../host/context";
import type { JobSnapshot } from "../../host/host";
import { isOver } from "../../host/jobs";
import { keys } from "../../host/queries";
import { texts } from "../../texts";
import { isUpToDate } from "./outcome";

const t = texts.toasts;
const started = <GraduationCap aria-hidden className="size-4.5 text-accent" />;

/** What a toast would keep of the one whose place it takes. */
const anew = { icon: undefined, description: undefined, duration: 4000 };

function tellEnd(job: JobSnapshot): void {
  const { accountName: name } = job;
  // It takes the place of the toast that told of the start.
  const place = { ...anew, id: job.id };
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

function tellTrouble(job: JobSnapshot): void {
  const place = { ...anew, id: job.id };
  toast.warning(t.tripped(job.accountName), { ...place, description: job.errorMessage, duration: 12_000 });
}

/** Where a job stood when trouble paused it. */
type Trip = { processed: number; at: number };

/**
 * Tells of trouble once, however often it comes back before a mail went through, and of the first mail that does: only
 * then is the trouble over. Where the owner steered the job meanwhile, they know already that it goes on.
 */
function useTroubleToasts() {
  const client = useQueryClient();
  const trips = useRef(new Map<string, Trip>());

  return useCallback(
    (job: JobSnapshot, isNews: boolean) => {
      const trip = trips.current.get(job.id);
      if (job.pausedBy === "trouble") {
        if (!trip && isNews) tellTrouble(job);
        if (!trip) trips.current.set(job.id, { processed: job.processedEmails, at: Date.now() });
      } else if (trip && (isOver(job.status) || job.processedEmails > trip.processed)) {
        trips.current.delete(job.id);
        const steered = client.getMutationCache().find({
          mutationKey: keys.steering(job.id),
          predicate: ({ state }) => state.submittedAt >= trip.at,
        });
        if (!isOver(job.status) && !steered)
          toast(t.goesOn(job.accountName), { ...anew, id: job.id, icon: started });
      }
    },
    [client],
  );
}

/**
 * Says when a job starts, meets trouble, goes on after it, and how it ends, whoever started it. What was there when the
 * window opened is no news.
 */
export function useJobToasts(): void {
  const jobs = useJobs();
  const known = useRef<Map<string, JobSnapshot> | null>(null);
  const trouble = useTroubleToasts();

  useEffect(() => {
    if (!jobs) return;
    const before = known.current;
    known.current = new Map(jobs.map((job) => [job.id, job]));
    for (const job of jobs) {
      const was = before?.get(job.id);
      trouble(job, before !== null);
      if (!before) continue;
      if (isOver(job.status)) {
        if (!was || !isOver(was.status)) tellEnd(job);
      } else if (job.status === "processing" && (!was || was.startedAt === null)) {
        toast(t.started(job.accountName), { ...anew, id: job.id, icon: started });
      }
    }
  }, [jobs, trouble]);
}
