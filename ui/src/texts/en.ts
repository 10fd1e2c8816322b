import type { ErrorCode, FailureKind, JobStatus, MailboxKind, Stage } from "../host/host";
import { formatPercent, formatRate, formatRough, formatNumber as n } from "./formats";
import { plural } from "./plural";

const count = plural("en");
const mails = (many: number) => `${n(many)} ${count(many, { one: "mail", other: "mails" })}`;
const times = (many: number) => `${n(many)} ${count(many, { one: "time", other: "times" })}`;

const sentence = (parts: string[]) => {
  const text = parts.join(", ");
  return text.charAt(0).toUpperCase() + text.slice(1);
};

const statuses: Record<JobStatus, string> = {
  queued: "Waiting",
  processing: "Learning",
  paused: "Paused",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Stopped",
};

const unfinished: Partial<Record<JobStatus, string>> = {
  queued: "A job of this mailbox is waiting for its turn. Other addresses or options replace it.",
  processing:
    "This mailbox is being learned just now. To learn it with other addresses or options, stop that job first.",
  paused: "A job of this mailbox is paused. It goes on where it was; other addresses or options replace it.",
};

const stages: Record<Stage, string> = {
  finding: "Looking through the mailbox",
  learning: "Reading mail and pairing answers with questions",
  settling: "Putting together what was learned",
};

const mailboxKinds: Record<MailboxKind, string> = {
  mbox: "Mailbox file (mbox)",
  maildir: "Mail folder (Maildir)",
  emlFolder: "Folder of .eml files",
  eml: "Single mail (.eml)",
};

const failureKinds: Record<FailureKind, string> = {
  unreadable: "Could not be read",
  notAMail: "Not a mail",
  crashed: "Stopped the reader",
};

const errorTitles: Record<ErrorCode, string> = {
  badMailbox: "This mailbox could not be read",
  nothingFound: "No mail was found here",
  busy: "Understudy is already busy",
  storage: "The data folder could not be used",
  notFound: "This is no longer there",
  internal: "Something went wrong inside Understudy",
};

const errorAdvice: Record<ErrorCode, string> = {
  badMailbox: "Choose an mbox file, an .eml file, a Maildir or a folder of .eml files.",
  nothingFound: "Choose another file or folder.",
  busy: "Wait until the job that is running has ended, or stop it, then try again.",
  storage: "Check that the disk has room and that nothing else holds the folder, then try again.",
  notFound: "It may have been moved or removed.",
  internal: "Try again. What was already learned is safe.",
};

export const en = {
  product: "Understudy",
  pageTitle: (page: string) => `${page} – Understudy`,
  skipToContent: "Skip to the content",

  nav: {
    label: "Pages",
    learning: "Learning",
    knowledge: "Knowledge",
    jobs: "Jobs",
    private: "Nothing leaves this machine",
    version: (version: string) => `Version ${version}`,
  },

  common: {
    retry: "Try again",
    back: "Back",
    close: "Close",
    loading: "Loading",
    percent: (percent: number) => formatPercent(percent / 100),
    liveLost: "Live progress is not arriving. Learning itself goes on.",
    number: n,
  },

  errors: { titles: errorTitles, advice: errorAdvice },

  choose: {
    welcomeTitle: "Learn how you answer email",
    welcomeLead:
      "Understudy reads the mail you already have and learns what people ask you and how you answer, and nothing leaves this machine.",
    anotherTitle: "Learn another mailbox",
    anotherLead: "Each mailbox is learned on its own; what was learned from the others stays as it is.",
    start: "Where is your mail?",
    file: "Choose a mailbox file…",
    fileHint: "An .mbox export, for example from Gmail Takeout, Thunderbird or Apple Mail, or a single .eml",
    folder: "Choose a mail folder…",
    folderHint: "A Maildir, or a folder of .eml files",
    sample: "Try it with a sample mailbox",
    sampleHint: "See what Understudy learns, without touching your own mail",
  },

  confirm: {
    title: "Learn from",
    sampleName: "Sample mailbox",
    found: (many: number, folders: number) =>
      `${mails(many)} in ${n(folders)} ${count(folders, { one: "folder", other: "folders" })}`,
    mails,
    kinds: mailboxKinds,
    inspecting: "Looking at the mailbox",
    empty: "This mailbox holds no mail",
    emptyHint: "There is nothing here to learn from.",
    chooseAnother: "Choose another mailbox",

    me: "Is this you?",
    meHint:
      "Understudy learns from what these addresses wrote. Tick every address that is yours, and no other.",
    noAddress: "No address could be told to be yours. Add it below.",
    evidence: (sent: number, answered: number, delivered: number) => {
      const parts = [
        ...(sent > 0 ? [`sent ${mails(sent)}`] : []),
        ...(answered > 0 ? [`answered ${n(answered)}`] : []),
        ...(delivered > 0 ? [`received ${n(delivered)}`] : []),
      ];
      return parts.length > 0 ? sentence(parts) : "Added by you";
    },
    addLabel: "Another address of yours",
    addPlaceholder: "name@example.org",
    add: "Add",
    addInvalid: "Write a whole address, such as name@example.org.",
    addKnown: "This address is already in the list.",
    needAddress: "Tick or add at least one address that is yours.",

    start: "Start learning",
    starting: "Starting…",
    goOn: "Resume learning",
    seeJob: "See the job",
    unfinished,
  },

  options: {
    title: "Options",
    summary: (
      most: number,
      order: "newest" | "oldest",
      kind: "sent" | "received" | "both",
      days: number | null,
    ) => {
      const which = { sent: "that you sent", received: "that you received", both: "sent and received" }[kind];
      const since =
        days === null ? "" : ` of the last ${n(days)} ${count(days, { one: "day", other: "days" })}`;
      return `The ${order} ${mails(most)}${since}, ${which}`;
    },
    most: "At most",
    mostUnit: "mails",
    mostInvalid: "Write a whole number of 1 or more.",
    days: "Days back",
    daysHint: "Leave it empty for all mail",
    daysInvalid: "Write a whole number of 1 or more, or nothing.",
    order: "Begin with",
    orders: { newest: "Newest", oldest: "Oldest" },
    kind: "Learn from",
    kinds: { both: "Both", sent: "Sent", received: "Received" },
    exclude: "Leave out",
    excludeHint: "Senders or domains, separated by commas or new lines",
    excludePlaceholder: "newsletter@example.org, example.net",
    excludeInvalid: (entry: string) => `“${entry}” is neither an address nor a domain.`,
  },

  job: {
    from: "Learning from",
    statuses,
    stages,
    waiting: "Waiting for its turn",
    goesOn: (time: string) => `Goes on by itself at ${time}`,
    troubled: "Something is in the way",
    heldUp: "Held up just now:",
    progress: "Progress",
    progressValue: (done: number, total: number, percent: number) =>
      `${formatPercent(percent / 100)}, ${n(done)} of ${mails(total)}`,
    of: (done: number, total: number) => `${n(done)} of ${mails(total)}`,
    found: (many: number) => `${mails(many)} found so far`,
    left: (seconds: number) => (seconds < 10 ? "a few seconds left" : `about ${formatRough(seconds)} left`),
    milestone: (name: string, percent: number) => `${name}: ${formatPercent(percent / 100)} learned`,
    rests: (name: string, status: string) => `${name}: ${status}`,
    counts: {
      total: "Total",
      processed: "Processed",
      successful: "Successful",
      failed: "Failed",
      skipped: "Skipped",
    },
    skippedHint: "already learned",
    perSecond: (rate: number) => `${formatRate(rate)} mails/s`,
    elapsed: (time: string) => `${time} so far`,
    unknown: "–",
    stop: "Stop",
    stopping: "Stopping…",
    pause: "Pause",
    pausing: "Pausing…",
    resume: "Resume",
    resuming: "Resuming…",
    tryNow: "Try now",
    trying: "Trying…",
  },

  outcome: {
    upToDate: "Up to date",
    upToDateText: (total: number) =>
      total === 1 ? "The 1 mail here was already learned." : `All ${mails(total)} were already learned.`,
    completed: (learned: number) => `Learned ${mails(learned)}`,
    completedText: (skipped: number) =>
      skipped > 0
        ? `${mails(skipped)} ${count(skipped, { one: "was", other: "were" })} already learned.`
        : "Every mail was read.",
    unreadable: (failed: number) =>
      `${mails(failed)} could not be read and ${count(failed, { one: "was", other: "were" })} left out.`,
    failed: "Learning could not be finished",
    failedNoReason: "No reason was given.",
    kept: (processed: number) =>
      processed > 0
        ? `What was learned from ${mails(processed)} before that is kept.`
        : "Nothing had been learned yet.",
    cancelled: "Stopped",
    never: "Not learned yet",
    see: "See what was learned",
    again: "Learn again",
    change: "Change options…",
    another: "Learn another mailbox…",
  },

  failures: {
    show: (many: number) => `${mails(many)} could not be read`,
    title: (name: string) => `Mails that could not be read: ${name}`,
    kinds: failureKinds,
    none: "No mail is listed here.",
    more: (many: number) => `and ${n(many)} more`,
    retry: "Try failed mails again",
    retrying: "Starting…",
    retryLater: "They can be tried again once the job of this mailbox that is not over has ended.",
  },

  toasts: {
    started: (name: string) => `Learning from ${name}`,
    completed: (learned: number, name: string) => `Learned ${mails(learned)} from ${name}`,
    upToDate: (name: string) => `${name} is up to date`,
    withFailures: (failed: number) => `${mails(failed)} could not be read`,
    failed: (name: string) => `Learning from ${name} could not be finished`,
    cancelled: (name: string) => `Stopped learning from ${name}`,
    tripped: (name: string) => `Learning from ${name} is paused`,
    goesOn: (name: string) => `Learning from ${name} goes on`,
    region: "Notifications",
  },

  knowledge: {
    title: "Knowledge",
    accounts: "Mailboxes",
    emptyTitle: "Nothing was learned yet",
    emptyText:
      "Once a mailbox has been learned, your answers, your style and the people you write to are here.",
    emptyAction: "Go to Learning",
    whileLearning: "Learning is running. What is here grows as it goes.",
    tiles: { messages: "Mails", pairs: "Answers paired", patterns: "Patterns", contacts: "Contacts" },
    style: "How you write",
    styleFrom: (many: number) => `Counted in ${mails(many)} that you wrote`,
    noStyle: "No mail that you wrote was found yet, so there is no style to show.",
    greetings: "Greetings",
    signOffs: "Sign-offs",
    languages: "Languages",
    noGreeting: "You rarely open with a greeting",
    noSignOff: "You rarely close with a sign-off",
    length: "Typical length",
    words: (many: number) =>
      `${n(Math.round(many))} ${count(Math.round(many), { one: "word", other: "words" })}`,
    sentence: "Per sentence",
    formal: "Formal",
    emoji: "With emoji",
    patterns: "What people ask you",
    patternsHint: "Questions that you answered, the most frequent first",
    noPatterns: "No question was answered in the same way often enough yet.",
    answer: "Your answer",
    answered: (many: number) => `Answered ${times(many)}`,
    last: (day: string) => `last on ${day}`,
    proven: (share: number) => `${formatPercent(share)} proven`,
    provenHint: "How often this answer was right when it was tried on mail of yours that it had not seen",
    unproven: "Not proven yet",
    unprovenHint: "This answer has not been tried on mail of yours that it had not seen",
    contacts: "Who you write with",
    contactsHint: "The people whose mail you answer most",
    noContacts: "No contact was found yet.",
    columns: {
      contact: "Contact",
      received: "Received",
      sent: "Sent",
      answered: "Answered",
      usually: "You usually answer",
    },
    within: (seconds: number) => (seconds < 60 ? "within a minute" : `within ${formatRough(seconds)}`),
  },

  jobs: {
    title: "Jobs",
    lead: "Every time Understudy learned, newest first.",
    emptyTitle: "No job has run yet",
    emptyText: "Each time Understudy learns a mailbox, the run and how it ended are kept here.",
    columns: {
      account: "Mailbox, and when",
      status: "Status",
      mails: "Processed",
      skipped: "Skipped",
      failed: "Failed",
      duration: "Duration",
    },
    job: (number: number, moment: string) => `Job ${number} · ${moment}`,
    retryOf: (number: number) => `Tries the failed mails of job ${number} again`,
    failedMails: (many: number) => `Show ${mails(many)} that could not be read`,
  },
};
