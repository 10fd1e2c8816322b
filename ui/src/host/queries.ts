import { QueryClient, queryOptions } from "@tanstack/react-query";
import type { Host, JobSnapshot, Mailbox } from "./host";

/** The live jobs of one stream, as far as the window has followed it. */
export type Live = { stream: string; number: number; jobs: ReadonlyMap<string, JobSnapshot> };

export const keys = {
  overview: ["overview"],
  live: ["live"],
  mailbox: (mailbox: Mailbox) => ["mailbox", mailbox],
  failures: (jobId: string) => ["failures", jobId],
  knowledge: (accountId: number) => ["knowledge", accountId],
  steering: (jobId: string) => ["steering", jobId],
} as const;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The host is this machine: it is always online, and what it refuses once it refuses again.
      queries: { retry: false, networkMode: "always", refetchOnWindowFocus: false, staleTime: 0 },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

export const overviewQuery = (host: Host) =>
  queryOptions({ queryKey: keys.overview, queryFn: () => host.overview() });

export const mailboxQuery = (host: Host, mailbox: Mailbox) =>
  queryOptions({
    queryKey: keys.mailbox(mailbox),
    queryFn: () => host.inspectMailbox(mailbox),
    gcTime: 0,
  });

export const failuresQuery = (host: Host, jobId: string, growing: boolean) =>
  queryOptions({
    queryKey: keys.failures(jobId),
    queryFn: () => host.jobFailures(jobId),
    refetchInterval: growing ? 3000 : false,
  });

export const knowledgeQuery = (host: Host, accountId: number, growing: boolean) =>
  queryOptions({
    queryKey: keys.knowledge(accountId),
    queryFn: () => host.knowledge(accountId),
    refetchInterval: growing ? 5000 : false,
  });
