import { type Command, FakeHost, type World } from "./fake";
import { accountOf, archiveReport, failures, knowledge, pastJob, sampleReport } from "./fake-data";
import type { ErrorCode } from "./host";

const learned = (): Partial<World> => ({
  accounts: [accountOf(1, sampleReport, true), accountOf(2, archiveReport, false)],
  knowledge,
  jobs: [
    pastJob({
      id: "past-4",
      processedEmails: 0,
      successfulEmails: 0,
      skippedEmails: 6046,
      elapsedSeconds: 1.2,
      createdAt: "2025-03-13T07:10:00Z",
      startedAt: "2025-03-13T07:10:00Z",
      completedAt: "2025-03-13T07:10:01Z",
    }),
    pastJob({ id: "past-3", successfulEmails: 6043, failedEmails: failures.length }),
    pastJob({
      id: "past-2",
      accountId: 2,
      accountName: archiveReport.name,
      status: "failed",
      processedEmails: 4100,
      successfulEmails: 4100,
      totalEmails: 10_000,
      elapsedSeconds: 3720,
      errorMessage: "The disk is full: /home/ada/.local/share/understudy",
      createdAt: "2025-03-11T20:02:00Z",
      startedAt: "2025-03-11T20:02:00Z",
      completedAt: "2025-03-11T21:04:00Z",
    }),
    pastJob({
      id: "past-1",
      accountId: 2,
      accountName: archiveReport.name,
      status: "cancelled",
      processedEmails: 810,
      successfulEmails: 810,
      totalEmails: 10_000,
      elapsedSeconds: 6,
      createdAt: "2025-03-10T11:41:00Z",
      startedAt: "2025-03-10T11:41:00Z",
      completedAt: "2025-03-10T11:41:06Z",
    }),
  ],
});

const scenes: Record<string, () => FakeHost> = {
  first: () => new FakeHost(),
  learned: () => new FakeHost(learned()),
  empty: () => new FakeHost({ accounts: [accountOf(1, sampleReport, true)] }),
  running: () => {
    const host = new FakeHost(learned());
    const [account] = host.world.accounts;
    if (account) host.begin(account, { unreadable: failures.length, mailsPerSecond: 40 }).seconds = 66;
    return host;
  },
  queued: () => {
    const host = new FakeHost();
    host.world.accounts.push(accountOf(1, sampleReport, true));
    host.world.jobs.push(
      pastJob({
        status: "queued",
        totalEmails: 0,
        processedEmails: 0,
        successfulEmails: 0,
        mailsPerSecond: null,
        elapsedSeconds: 0,
        startedAt: null,
        completedAt: null,
      }),
    );
    return host;
  },
  finding: () => {
    const host = new FakeHost({ accounts: [accountOf(1, sampleReport, true)] });
    const [account] = host.world.accounts;
    if (account) host.begin(account).seconds = 1.2;
    return host;
  },
  withFailures: () => new FakeHost({ plan: { unreadable: failures.length } }),
  breaking: () =>
    new FakeHost({ plan: { breaksWith: "The disk is full: /home/ada/.local/share/understudy" } }),
};

/**
 * The fake host in a plain browser: `?fake=` names a scene, `?refuse=command:code` a command that fails,
 * `?still` stops its clock, `?theme=` overrides the system's.
 */
export function hostForBrowser(query: URLSearchParams): FakeHost {
  const theme = query.get("theme");
  if (theme) document.documentElement.dataset["theme"] = theme;
  const host = scenes[query.get("fake") ?? "first"]?.() ?? new FakeHost();
  for (const refusal of query.getAll("refuse")) {
    const [command, code] = refusal.split(":");
    host.refuse(command as Command, (code ?? "internal") as ErrorCode);
  }
  if (!query.has("still")) setInterval(() => host.advance(0.1), 100);
  return host;
}
