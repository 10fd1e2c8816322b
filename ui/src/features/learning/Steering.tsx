import { Pause, Play, RotateCw, Square } from "lucide-react";
import { type RefObject, useCallback } from "react";
import { Button } from "../../components/Button";
import type { JobSnapshot } from "../../host/host";
import { texts } from "../../texts";
import type { Steer, useSteer } from "./steer";

const t = texts.job;

const looks = {
  pause: { icon: <Pause aria-hidden className="size-3.5 fill-current" />, label: t.pause, doing: t.pausing },
  resume: {
    icon: <Play aria-hidden className="size-3.5 fill-current" />,
    label: t.resume,
    doing: t.resuming,
  },
  tryNow: { icon: <RotateCw aria-hidden className="size-4" />, label: t.tryNow, doing: t.trying },
};

type Props = {
  job: JobSnapshot;
  steer: ReturnType<typeof useSteer>;
  /** Takes the focus where the button that has it goes. */
  heir: RefObject<HTMLElement | null>;
};

/** Pause or Resume, in one place so that the focus stays on it, and Stop. A job that waits for its turn has only Stop. */
export function Steering({ job, steer, heir }: Props) {
  const { underWay, want } = steer;
  const wish: Steer = job.status === "paused" ? "resume" : "pause";
  const look = looks[job.pausedBy === "trouble" ? "tryNow" : wish];
  const queued = job.status === "queued";
  const stopping = underWay === "stop";
  // Not to Stop: a second press of the key must not end what the first let go on.
  const bequeath = useCallback(
    (button: HTMLButtonElement | null) => () => {
      if (document.activeElement === button) heir.current?.focus();
    },
    [heir],
  );
  return (
    <div className="flex shrink-0 gap-2">
      {!queued && (
        <Button ref={bequeath} busy={underWay !== null} onClick={() => want(wish)}>
          {look.icon}
          {underWay === wish ? look.doing : look.label}
        </Button>
      )}
      <Button look="danger" busy={stopping} onClick={() => want("stop")}>
        <Square aria-hidden className="size-3 fill-current" />
        {stopping ? t.stopping : t.stop}
      </Button>
    </div>
  );
}
