import type { JobStatus } from "../../host/host";
import { texts } from "../../texts";

type Props = { name: string; status: JobStatus; percent: number | null };

/** Tells a screen reader each quarter and each rest, and nothing in between. The end is told by the toast. */
export function Milestones({ name, status, percent }: Props) {
  const quarter = Math.floor((percent ?? 0) / 25) * 25;
  return (
    <p role="status" className="sr-only">
      {status === "paused"
        ? texts.job.rests(name, texts.job.statuses.paused)
        : quarter > 0 && texts.job.milestone(name, quarter)}
    </p>
  );
}
