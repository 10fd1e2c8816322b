import { texts } from "../../texts";

/** Tells a screen reader each quarter, and nothing in between. The end is told by the toast. */
export function Milestones({ name, percent }: { name: string; percent: number | null }) {
  const quarter = Math.floor((percent ?? 0) / 25) * 25;
  return (
    <p role="status" className="sr-only">
      {quarter > 0 && texts.job.milestone(name, quarter)}
    </p>
  );
}
