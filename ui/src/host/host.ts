import type {
  CommandError,
  JobSnapshot,
  Knowledge,
  LearnOptions,
  Mailbox,
  MailboxReport,
  MailFailure,
  Overview,
  ProgressFrame,
} from "./bindings";

export type {
  Account,
  Contact,
  FailureKind,
  JobSnapshot,
  JobStatus,
  Knowledge,
  LearnOptions,
  Mailbox,
  MailboxKind,
  MailboxReport,
  MailFailure,
  Overview,
  OwnerAddress,
  Pattern,
  PausedBy,
  ProgressFrame,
  Share,
  Stage,
  Style,
} from "./bindings";

export type ErrorCode = CommandError["code"];

/** The one door from the window to the host. */
export interface Host {
  overview(): Promise<Overview>;
  /** Null: the owner thought better of it. */
  chooseFile(): Promise<string | null>;
  chooseFolder(): Promise<string | null>;
  inspectMailbox(mailbox: Mailbox): Promise<MailboxReport>;
  startLearning(mailbox: Mailbox, me: string[], options: LearnOptions): Promise<JobSnapshot>;
  cancelJob(id: string): Promise<JobSnapshot>;
  /** Answers once the job waits. */
  pauseJob(id: string): Promise<JobSnapshot>;
  resumeJob(id: string): Promise<JobSnapshot>;
  /** Answers with the new job that tries the failed mails of this one again. */
  retryJob(id: string): Promise<JobSnapshot>;
  jobFailures(id: string): Promise<MailFailure[]>;
  knowledge(accountId: number): Promise<Knowledge>;
  progress(): Promise<ProgressFrame>;
  onProgress(listener: (frame: ProgressFrame) => void): Promise<() => void>;
}

export class HostError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = "HostError";
    this.code = code;
  }

  static from(cause: unknown): HostError {
    if (cause instanceof HostError) return cause;
    return new HostError("internal", cause instanceof Error ? cause.message : String(cause));
  }
}
