import { Progress } from "@base-ui/react/progress";
import { classes } from "./classes";

type Props = { label: string; percent: number | null; valueText: string; resting?: boolean };

/** Without a percent it only says that something is going on; at rest it is grey. */
export function ProgressBar({ label, percent, valueText, resting = false }: Props) {
  return (
    <Progress.Root value={percent} aria-label={label} aria-valuetext={valueText}>
      <Progress.Track className="block h-2 overflow-hidden rounded-small bg-sunken ring-1 ring-line ring-inset">
        <Progress.Indicator
          className={classes(
            "h-full rounded-small",
            resting ? "bg-line-strong" : "bg-accent",
            percent === null ? "w-1/3 animate-seek" : "transition-[width] duration-200 ease-calm",
          )}
        />
      </Progress.Track>
    </Progress.Root>
  );
}
