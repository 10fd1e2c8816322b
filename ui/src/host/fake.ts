import { accountOf, archiveReport, failures, knowledge, nothingLearned, sampleReport } from "./fake-data";
import { type FakeJob, type Plan, snapshotOf } from "./fake-job";
import {
  type Account,
  type ErrorCode,
  type Host,
  HostError,
  type JobSnapshot,
  type Knowledge,
  type LearnOptions,
  type Mailbox,
  type MailboxReport,
  type MailFailure,
  type Overview,
  type ProgressFrame,
} from "./host";
import { isOver } from "./jobs";

export type Command = keyof Host;

export type World = {
  accounts: Account[];
  /** The jobs of the past, newest first. */
  jobs: JobSnapshot[];
  knowledge: Knowledge;
  chosenFile: string | null;
  chosenFolder: string | null;
  reports: { sample: MailboxReport; path: MailboxReport };
  plan: Partial<Plan>;
  /** So many jobs run at once; the others wait for their turn. */
  atOnce: number;
};

const noWorld = (): World => ({
  accounts: [],
  jobs: [],
  knowledge: nothingLearned,
  chosenFile: archiveReport.path,
  chosenFolder: "/home/ada/Maildir",
  reports: { sample: sampleReport, path: archiveReport },
  plan: {},
  atOnce: 2,
});

/** A host without a machine behind it. Its clock stands still until it is told to advance. */
export class FakeHost implements Host {
  readonly world: World;
  readonly calls: { command: Command; args: unknown[] }[] = [];
  private readonly jobs: FakeJob[] = [];
  private readonly listeners = new Set<(frame: ProgressFrame) => void>();
  private readonly refusals = new Map<Command, HostError>();
  private readonly gates = new Map<Command, Promise<void>>();
  private now = Date.parse("2025-03-14T09:00:00Z");
  private stream = 1;
  private number = 0;
  private toLose = 0;

  constructor(world: Partial<World> = {}) {
    this.world = { ...noWorld(), ...world };
  }

  /** Lets the jobs work for so long, and sends the frame that tells of it. */
  advance(seconds: number): void {
    this.now += seconds * 1000;
    const unfinished = this.jobs.filter((job) => !isOver(snapshotOf(job).status));
    if (unfinished.length === 0) return;
    for (const job of unfinished) {
      if (job.pause?.by === "trouble" && job.pause.until <= this.now) this.queue(job);
      if (snapshotOf(job).status === "processing" && !job.trouble) job.seconds += seconds;
    }
    this.claim();
    this.tell(unfinished);
  }

  /** Trouble pauses the job for so long, as when the far side is down. */
  trip(job: FakeJob, said: string, seconds: number): void {
    job.pause = { by: "trouble", said, until: this.now + seconds * 1000 };
    this.claim();
    this.tell(this.jobs);
  }

  /** Something holds the running job up, until it is told that nothing does. */
  holdUp(job: FakeJob, said: string | null): void {
    job.trouble = said;
    this.tell([job]);
  }

  /** The command fails from now on, until it is allowed again. */
  refuse(command: Command, code: ErrorCode, message = `${command} was refused`): void {
    this.refusals.set(command, new HostError(code, message));
  }

  allow(command: Command): void {
    this.refusals.delete(command);
  }

  /** The command does not answer until the returned function is called. */
  hold(command: Command): () => void {
    let open = () => {};
    this.gates.set(
      command,
      new Promise((resolve) => {
        open = resolve;
      }),
    );
    return () => {
      this.gates.delete(command);
      open();
    };
  }

  /** The next frames are numbered, but never arrive. */
  lose(frames: number): void {
    this.toLose += frames;
  }

  /** As after a new boot: the numbers begin again. */
  restart(): void {
    this.stream += 1;
    this.number = 0;
  }

  send(frame: ProgressFrame): void {
    for (const listener of this.listeners) listener(frame);
  }

  frame(jobs: readonly FakeJob[] = this.jobs): ProgressFrame {
    return { stream: `boot-${this.stream}`, number: this.number, jobs: jobs.map(snapshotOf) };
  }

  /** Starts a job as another program would, with no word to the window but the next frame. */
  begin(account: Account, plan: Partial<Plan> = {}, retryOf: number | null = null): FakeJob {
    const job: FakeJob = {
      id: `job-${this.jobs.length + 1}`,
      number: Math.max(0, ...this.world.jobs.map((past) => past.number)) + this.jobs.length + 1,
      retryOf,
      accountId: account.id,
      accountName: account.name,
      plan: { total: 6046, skipped: 0, unreadable: 0, breaksWith: null, mailsPerSecond: 150, ...plan },
      startedAt: this.now,
      seconds: 0,
      cancelled: false,
      queued: true,
      pause: null,
      trouble: null,
    };
    this.jobs.unshift(job);
    this.claim();
    return job;
  }

  overview(): Promise<Overview> {
    return this.answer("overview", [], () => ({
      version: "0.1.0",
      accounts: [...this.world.accounts],
      jobs: this.known(),
    }));
  }

  chooseFile(): Promise<string | null> {
    return this.answer("chooseFile", [], () => this.world.chosenFile);
  }

  chooseFolder(): Promise<string | null> {
    return this.answer("chooseFolder", [], () => this.world.chosenFolder);
  }

  inspectMailbox(mailbox: Mailbox): Promise<MailboxReport> {
    return this.answer("inspectMailbox", [mailbox], () => this.world.reports[mailbox.type]);
  }

  startLearning(mailbox: Mailbox, me: string[], options: LearnOptions): Promise<JobSnapshot> {
    return this.answer("startLearning", [mailbox, me, options], () => {
      const report = this.world.reports[mailbox.type];
      const account = this.accountFor(mailbox, report);
      const learned = this.known().find((job) => job.accountId === account.id);
      account.options = options;
      const total = Math.min(report.mails, options.most);
      const skipped = learned ? learned.processedEmails + learned.skippedEmails : 0;
      const job = this.begin(account, { total, skipped: Math.min(skipped, total), ...this.world.plan });
      this.tell([job]);
      return snapshotOf(job);
    });
  }

  cancelJob(id: string): Promise<JobSnapshot> {
    return this.answer("cancelJob", [id], () => {
      const job = this.find(id);
      job.cancelled = true;
      this.claim();
      this.tell(this.jobs);
      return snapshotOf(job);
    });
  }

  pauseJob(id: string): Promise<JobSnapshot> {
    return this.answer("pauseJob", [id], () => {
      const job = this.find(id);
      job.pause = { by: "owner" };
      this.claim();
      this.tell(this.jobs);
      return snapshotOf(job);
    });
  }

  resumeJob(id: string): Promise<JobSnapshot> {
    return this.answer("resumeJob", [id], () => {
      const job = this.find(id);
      this.queue(job);
      this.claim();
      this.tell([job]);
      return snapshotOf(job);
    });
  }

  retryJob(id: string): Promise<JobSnapshot> {
    return this.answer("retryJob", [id], () => {
      const failed = this.known().find((job) => job.id === id);
      const account = this.world.accounts.find((known) => known.id === failed?.accountId);
      if (!failed || !account) throw new HostError("notFound", `no job ${id}`);
      const busy = this.known().find((job) => job.accountId === account.id && !isOver(job.status));
      if (busy) throw new HostError("busy", `job ${busy.number} of the same mailbox is not over`);
      const job = this.begin(account, { total: failed.failedEmails }, failed.number);
      this.tell([job]);
      return snapshotOf(job);
    });
  }

  jobFailures(id: string): Promise<MailFailure[]> {
    return this.answer("jobFailures", [id], () => failures);
  }

  knowledge(accountId: number): Promise<Knowledge> {
    return this.answer("knowledge", [accountId], () =>
      this.jobs.some((job) => job.accountId === accountId && snapshotOf(job).status === "completed")
        ? knowledge
        : this.world.knowledge,
    );
  }

  progress(): Promise<ProgressFrame> {
    return this.answer("progress", [], () => this.frame());
  }

  onProgress(listener: (frame: ProgressFrame) => void): Promise<() => void> {
    return this.answer("onProgress", [], () => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    });
  }

  private tell(jobs: readonly FakeJob[]): void {
    this.number += 1;
    if (this.toLose > 0) this.toLose -= 1;
    else this.send(this.frame(jobs));
  }

  private known(): JobSnapshot[] {
    return [...this.jobs.map(snapshotOf), ...this.world.jobs];
  }

  private queue(job: FakeJob): void {
    job.pause = null;
    job.queued = true;
  }

  /** Lets as many jobs run as may, the oldest first. */
  private claim(): void {
    const at = (status: JobSnapshot["status"]) =>
      this.jobs.filter((job) => snapshotOf(job).status === status);
    const free = Math.max(0, this.world.atOnce - at("processing").length);
    for (const job of at("queued").reverse().slice(0, free)) job.queued = false;
  }

  private find(id: string): FakeJob {
    const job = this.jobs.find((known) => known.id === id);
    if (!job) throw new HostError("notFound", `no job ${id}`);
    return job;
  }

  private accountFor(mailbox: Mailbox, report: MailboxReport): Account {
    const known = this.world.accounts.find((account) => account.place === report.path);
    if (known) return known;
    const account = accountOf(this.world.accounts.length + 1, report, mailbox.type === "sample");
    this.world.accounts.push(account);
    return account;
  }

  private async answer<T>(command: Command, args: unknown[], compute: () => T): Promise<T> {
    this.calls.push({ command, args });
    await this.gates.get(command);
    const refusal = this.refusals.get(command);
    if (refusal) throw refusal;
    return structuredCloneOf(compute());
  }
}

/** What crosses the door is a copy, as it is over IPC; a function (the way to stop listening) crosses as it is. */
function structuredCloneOf<T>(value: T): T {
  return typeof value === "function" ? value : structuredClone(value);
}
