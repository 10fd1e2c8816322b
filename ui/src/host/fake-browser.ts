import { type Command, FakeHost, type World } from "./fake";
import { accountOf, archiveReport, failures, knowledge, pastJob, sampleReport } from "./fake-data";
import type { ErrorCode } from "./host";

const learned = (): Partial<World> => ({
  accounts: [accountOf(1, sampleReport, true), accountOf(2, archiveReport, false)],
  knowledge,
  jobs: [
    pastJob({
      id: "past-4",
      number: 4,
      processedEmails: 0,
      successfulEmails: 0,
      skippedEmails: 6046,
      elapsedSeconds: 1.2,
      createdAt: "2025-03-13T07:10:00Z",
      startedAt: "2025-03-13T07:10:00Z",
      completedAt: "2025-03-13T07:10:01Z",
    }),
    pastJob({ id: "past-3", number: 3, successfulEmails: 6043, failedEmails: failures.length }),
    pastJob({
      id: "past-2",
      number: 2,
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
      number: 1,
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

const refused = "The server could not be reached: connection refused (os error 111)";

function halfWay() {
  const host = new FakeHost(learned());
  const account = host.world.accounts[0] ?? accountOf(1, sampleReport, true);
  const job = host.begin(account, { unreadable: failures.length, mailsPerSecond: 40 });
  job.seconds = 66;
  return { host, job };
}

const scenes: Record<string, () => FakeHost> = {
  first: () => new FakeHost(),
  learned: () => new FakeHost(learned()),
  empty: () => new FakeHost({ accounts: [accountOf(1, sampleReport, true)] }),
  running: () => halfWay().host,
  paused: () => {
    const { host, job } = halfWay();
    job.pause = { by: "owner" };
    return host;
  },
  tripped: () => {
    const { host, job } = halfWay();
    host.trip(job, refused, 35 * 60);
    return host;
  },
  heldUp: () => {
    const { host, job } = halfWay();
    host.holdUp(job, "The server asks for patience");
    return host;
  },
  twoAndOneWaits: () => {
    const { host } = halfWay();
    const [, account] = host.world.accounts;
    const third = accountOf(3, { ...archiveReport, name: "Old letters", path: "/home/ada/old" }, false);
    host.world.accounts.push(third);
    if (account) host.begin(account, { mailsPerSecond: 60 });
    host.begin(third);
    return host;
  },
  retried: () => {
    const host = new FakeHost(learned());
    const [account] = host.world.accounts;
    if (account) host.begin(account, { total: failures.length, mailsPerSecond: 1 }, 3);
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
