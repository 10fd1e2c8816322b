import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef } from "react";
import type { Host, JobSnapshot } from "./host";
import { allJobs } from "./jobs";
import { followProgress, type ProgressFeed } from "./progress";
import { keys, type Live, overviewQuery } from "./queries";

type Door = { host: Host; askProgress: () => void };

const HostContext = createContext<Door | null>(null);

export function HostProvider({ host, children }: { host: Host; children: ReactNode }) {
  const client = useQueryClient();
  const feed = useRef<ProgressFeed | null>(null);

  useEffect(() => {
    feed.current = followProgress(host, client);
    return () => feed.current?.stop();
  }, [host, client]);

  const askProgress = useCallback(() => feed.current?.ask(), []);
  const door = useMemo(() => ({ host, askProgress }), [host, askProgress]);
  return <HostContext value={door}>{children}</HostContext>;
}

function useDoor(): Door {
  const door = useContext(HostContext);
  if (!door) throw new Error("HostProvider is missing");
  return door;
}

export const useHost = (): Host => useDoor().host;

export const useOverview = () => useQuery(overviewQuery(useHost()));

export function useLive() {
  const { askProgress } = useDoor();
  const live = useQuery<Live>({ queryKey: keys.live, queryFn: skipToken });
  return { data: live.data, error: live.error, ask: askProgress };
}

/** Every job that the window knows, newest first; undefined until the overview has come. */
export function useJobs(): JobSnapshot[] | undefined {
  const stored = useOverview().data?.jobs;
  const live = useLive().data;
  return useMemo(() => stored && allJobs(stored, live), [stored, live]);
}
