import { emit } from "@tauri-apps/api/event";
import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defaultOptions } from "../features/learning/options";
import { HostError, type ProgressFrame } from "./host";
import { tauriHost } from "./tauri";

afterEach(clearMocks);

describe("the door to Tauri", () => {
  it("calls the commands by the names and arguments that Rust knows", async () => {
    const calls: [string, unknown][] = [];
    mockIPC((command, args) => {
      calls.push([command, args]);
      return null;
    });
    await tauriHost.overview();
    await tauriHost.chooseFile();
    await tauriHost.chooseFolder();
    await tauriHost.inspectMailbox({ type: "sample" });
    await tauriHost.startLearning({ type: "path", path: "/mail" }, ["me@here.example"], defaultOptions);
    await tauriHost.cancelJob("job");
    await tauriHost.pauseJob("job");
    await tauriHost.resumeJob("job");
    await tauriHost.retryJob("job");
    await tauriHost.jobFailures("job");
    await tauriHost.knowledge(3);
    await tauriHost.progress();
    expect(calls).toEqual([
      ["overview", {}],
      ["choose_file", {}],
      ["choose_folder", {}],
      ["inspect_mailbox", { mailbox: { type: "sample" } }],
      [
        "start_learning",
        { mailbox: { type: "path", path: "/mail" }, me: ["me@here.example"], options: defaultOptions },
      ],
      ["cancel_job", { id: "job" }],
      ["pause_job", { id: "job" }],
      ["resume_job", { id: "job" }],
      ["retry_job", { id: "job" }],
      ["job_failures", { id: "job" }],
      ["knowledge", { accountId: 3 }],
      ["progress", {}],
    ]);
  });

  it("throws what Rust refused, with its code", async () => {
    mockIPC(() => Promise.reject({ code: "busy", message: "a job is running" }));
    const refused = await tauriHost.overview().catch((cause: unknown) => cause);
    expect(refused).toBeInstanceOf(HostError);
    expect(refused).toMatchObject({ code: "busy", message: "a job is running" });
  });

  it("throws what broke on the way as an internal error", async () => {
    mockIPC(() => Promise.reject(new Error("no such command")));
    await expect(tauriHost.overview()).rejects.toMatchObject({
      code: "internal",
      message: "no such command",
    });
  });

  it("passes the progress on, until it is told to stop", async () => {
    mockIPC(() => null, { shouldMockEvents: true });
    const listener = vi.fn();
    const frame: ProgressFrame = { stream: "boot", number: 1, jobs: [] };
    const off = await tauriHost.onProgress(listener);
    await emit("progress-frame", frame);
    expect(listener).toHaveBeenCalledWith(frame);
    off();
    await emit("progress-frame", { ...frame, number: 2 });
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
