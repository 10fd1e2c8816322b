import type { QueryClient } from "@tanstack/react-query";
import type { Host, JobSnapshot, JobStatus, ProgressFrame } from "./host";
import { isOver } from "./jobs";
import { keys, type Live } from "./queries";

export type ProgressFeed = {
  /** Asks for the snapshot again, subscribing first where that failed before. */
  ask: () => void;
  stop: () => void;
};

type Jobs = ReadonlyMap<string, JobSnapshot>;

const liveOf = (frame: ProgressFrame, others?: Jobs): Live => ({
  stream: frame.stream,
  number: frame.number,
  jobs: new Map([...(others ?? []), ...frame.jobs.map((job) => [job.id, job] as const)]),
});

/**
 * Follows the host's progress into the query cache. It subscribes before it asks for the snapshot, so that
 * nothing falls between the two; frames that arrive while it asks wait for the answer.
 */
export function followProgress(host: Host, client: QueryClient): ProgressFeed {
  let position: { stream: string; number: number } | null = null;
  let asking = false;
  let stopped = false;
  let unlisten: (() => void) | null = null;
  let waiting: ProgressFrame[] = [];

  const jobsNow = () => client.getQueryData<Live>(keys.live)?.jobs;

  function receive(frame: ProgressFrame): void {
    if (stopped) return;
    const follows = position?.stream === frame.stream && frame.number <= position.number + 1;
    if (asking || !follows) {
      waiting.push(frame);
      void ask();
    } else if (frame.number === (position?.number ?? 0) + 1) {
      const before = jobsNow();
      position = frame;
      client.setQueryData<Live>(keys.live, liveOf(frame, before));
      refreshWhatStopped(client, before);
    }
  }

  async function subscribe(): Promise<void> {
    if (unlisten) return;
    const off = await host.onProgress(receive);
    if (stopped) off();
    else unlisten = off;
  }

  async function ask(): Promise<void> {
    if (asking || stopped) return;
    asking = true;
    const before = jobsNow();
    try {
      const subscribed = subscribe();
      const snapshot = client.fetchQuery({
        queryKey: keys.live,
        queryFn: async () => {
          await subscribed;
          return liveOf(await host.progress());
        },
        gcTime: Number.POSITIVE_INFINITY,
      });
      const [now] = await Promise.all([snapshot, subscribed]);
      position = now;
      asking = false;
      // A job may have begun or ended in a frame that never came: only the overview still knows of it.
      if (before) void client.invalidateQueries({ queryKey: keys.overview });
      refreshWhatStopped(client, before);
      const late = waiting;
      waiting = [];
      // A frame of another stream was sent by a host that has since gone: the snapshot is the younger word.
      for (const frame of late) if (frame.stream === now.stream) receive(frame);
    } catch {
      // The query holds the error, and the window shows it. The next frame asks again.
      asking = false;
      waiting = [];
      position = null;
    }
  }

  void ask();
  return {
    ask: () => void ask(),
    stop: () => {
      stopped = true;
      unlisten?.();
    },
  };
}

/**
 * Takes up what a command answered of a job that the window saw at a status. Where a frame has brought another status
 * since, it has overtaken the answer, and knows more of the job.
 */
export function takeAnswer(client: QueryClient, answer: JobSnapshot, seen?: JobStatus): void {
  client.setQueryData<Live>(keys.live, (live) => {
    const known = live?.jobs.get(answer.id);
    if (!live || (known && known.status !== seen)) return live;
    return { ...live, jobs: new Map([...live.jobs, [answer.id, answer]]) };
  });
  void client.invalidateQueries({ queryKey: keys.overview });
}

/** What a job has learned is asked for again only while it runs: it is refreshed once more when it stands still. */
function refreshWhatStopped(client: QueryClient, before: Jobs | undefined): void {
  const now = client.getQueryData<Live>(keys.live)?.jobs;
  for (const job of now?.values() ?? []) {
    const known = before?.get(job.id);
    const ended = isOver(job.status) && !(known && isOver(known.status));
    const rested = job.status !== "processing" && known?.status === "processing";
    if (ended) void client.invalidateQueries({ queryKey: keys.overview });
    if (!ended && !rested) continue;
    void client.invalidateQueries({ queryKey: keys.knowledge(job.accountId) });
    void client.invalidateQueries({ queryKey: keys.failures(job.id) });
  }
}
