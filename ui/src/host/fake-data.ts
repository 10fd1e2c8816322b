import type { Account, JobSnapshot, Knowledge, MailboxReport, MailFailure, OwnerAddress } from "./host";

const address = (name: string, sentFrom: number, answeredAs: number, deliveredTo: number): OwnerAddress => ({
  address: name,
  sentFrom,
  deliveredTo,
  answeredAs,
  chosen: sentFrom > 0,
});

export const sampleReport: MailboxReport = {
  path: "/usr/share/understudy/sample",
  name: "Sample mailbox",
  kind: "emlFolder",
  mails: 6046,
  folders: 5,
  addresses: [
    address("justin@mason.example", 412, 287, 1830),
    address("jm@list.example", 96, 61, 410),
    address("webmaster@mason.example", 0, 0, 38),
  ],
};

export const archiveReport: MailboxReport = {
  path: "/home/ada/Mail/Takeout/All mail Including Spam and Trash.mbox",
  name: "All mail Including Spam and Trash.mbox",
  kind: "mbox",
  mails: 18_204,
  folders: 1,
  addresses: [
    address("ada@lovelace.example", 2140, 1522, 9034),
    address("a.lovelace@office.example", 305, 190, 877),
  ],
};

export const accountOf = (id: number, report: MailboxReport, isSample: boolean): Account => ({
  id,
  name: report.name,
  place: report.path,
  isSample,
  addresses: report.addresses,
  options: { most: 10_000, days: null, order: "newest", kind: "both", exclude: [] },
});

export const failures: MailFailure[] = [
  {
    place: "spam-2/01283.c3c4d1b8.eml",
    kind: "unreadable",
    said: "Permission denied (os error 13)",
  },
  {
    place: "spam-2/00771.a8e1f203.eml",
    kind: "crashed",
    said: "index out of bounds: the len is 3 but the index is 3",
  },
  {
    place: "hard-ham/cmds",
    kind: "notAMail",
    said: "it has none of the headers that a mail has",
  },
];

export const knowledge: Knowledge = {
  messages: 6043,
  pairs: 348,
  patterns: 41,
  contacts: 512,
  style: {
    mails: 508,
    greetings: [
      { text: "Hi {name},", count: 198 },
      { text: "Hello,", count: 91 },
      { text: "Hey {name}", count: 35 },
    ],
    signOffs: [
      { text: "Cheers, Justin", count: 231 },
      { text: "--j.", count: 142 },
      { text: "Thanks, J.", count: 24 },
    ],
    medianWords: 46,
    wordsPerSentence: 13.4,
    formalShare: 0.12,
    emojiShare: 0.03,
    languages: [
      { text: "eng", count: 501 },
      { text: "fra", count: 7 },
    ],
  },
  topPatterns: [
    {
      id: "p1",
      question: "Is there a way to whitelist a whole domain without editing local.cf on every server?",
      answer:
        "Yes: whitelist_from takes a glob, so\n\n    whitelist_from *@example.com\n\nin the site-wide file is enough. If the sender can be forged, use whitelist_from_rcvd instead; it checks the relay too.",
      times: 12,
      confidence: 0.74,
      lastAnswered: "2025-02-20T16:12:00Z",
    },
    {
      id: "p2",
      question: "Razor2 times out on every message since the upgrade. Am I missing a Perl module?",
      answer:
        "Check that Net::DNS is there, and run razor-admin -discover once as the user that spamd runs as.",
      times: 9,
      confidence: 0.58,
      lastAnswered: "2025-01-31T08:03:00Z",
    },
    {
      id: "p3",
      question: "When will the next release be out?",
      answer: "When it passes the corpus run. Best guess: about two weeks.",
      times: 6,
      confidence: 0,
      lastAnswered: "2024-11-05T21:47:00Z",
    },
  ],
  topContacts: [
    {
      address: "craig@hughes.example",
      name: "Craig Hughes",
      received: 210,
      sent: 84,
      answered: 71,
      medianAnswerSeconds: 5400,
    },
    {
      address: "matt@sergeant.example",
      name: "Matt Sergeant",
      received: 122,
      sent: 40,
      answered: 33,
      medianAnswerSeconds: 14_200,
    },
    {
      address: "daniel@quinlan.example",
      name: null,
      received: 96,
      sent: 31,
      answered: 22,
      medianAnswerSeconds: 90_000,
    },
    {
      address: "devel-request-with-a-very-long-address-indeed@lists.subdomain.example",
      name: "מנהל הרשימה",
      received: 41,
      sent: 0,
      answered: 0,
      medianAnswerSeconds: null,
    },
  ],
};

export const nothingLearned: Knowledge = {
  messages: 0,
  pairs: 0,
  patterns: 0,
  contacts: 0,
  style: null,
  topPatterns: [],
  topContacts: [],
};

export const pastJob = (part: Partial<JobSnapshot>): JobSnapshot => ({
  id: "past",
  number: 1,
  accountId: 1,
  accountName: sampleReport.name,
  status: "completed",
  pausedBy: null,
  resumesAt: null,
  trouble: null,
  retryOf: null,
  stage: null,
  totalEmails: 6046,
  processedEmails: 6046,
  successfulEmails: 6046,
  failedEmails: 0,
  skippedEmails: 0,
  mailsPerSecond: 151,
  elapsedSeconds: 43.5,
  secondsLeft: null,
  errorMessage: null,
  createdAt: "2025-03-12T18:20:00Z",
  startedAt: "2025-03-12T18:20:00Z",
  completedAt: "2025-03-12T18:20:43Z",
  ...part,
});
