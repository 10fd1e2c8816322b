import { type CommandError, commands, events } from "./bindings";
import { type Host, HostError } from "./host";

type Reply<T> = { status: "ok"; data: T } | { status: "error"; error: CommandError };

async function open<T>(reply: Promise<Reply<T>>): Promise<T> {
  let settled: Reply<T>;
  try {
    settled = await reply;
  } catch (cause) {
    throw HostError.from(cause);
  }
  if (settled.status === "ok") return settled.data;
  throw new HostError(settled.error.code, settled.error.message);
}

export const tauriHost: Host = {
  overview: () => open(commands.overview()),
  chooseFile: () => open(commands.chooseFile()),
  chooseFolder: () => open(commands.chooseFolder()),
  inspectMailbox: (mailbox) => open(commands.inspectMailbox(mailbox)),
  startLearning: (mailbox, me, options) => open(commands.startLearning(mailbox, me, options)),
  cancelJob: (id) => open(commands.cancelJob(id)),
  pauseJob: (id) => open(commands.pauseJob(id)),
  resumeJob: (id) => open(commands.resumeJob(id)),
  retryJob: (id) => open(commands.retryJob(id)),
  jobFailures: (id) => open(commands.jobFailures(id)),
  knowledge: (accountId) => open(commands.knowledge(accountId)),
  progress: () => open(commands.progress()),
  onProgress: (listener) => events.progressFrame.listen((event) => listener(event.payload)),
};
