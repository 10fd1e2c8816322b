import { act, screen, waitFor, within } from "@testing-library/react";
import { toast } from "sonner";
import { describe, expect, it } from "vitest";
import { FakeHost } from "../../host/fake";
import { pastJob } from "../../host/fake-data";
import {
  archiveAccount,
  button,
  expectAccessible,
  heading,
  learnedWorld,
  openApp,
  sampleAccount,
} from "../../test/app";

const row = (name: string) => screen.findByRole("row", { name: new RegExp(name) });

describe("jobs", () => {
  it("lists every job with its counts and how it ended", async () => {
    openApp(
      {
        accounts: [sampleAccount],
        jobs: [
          pastJob({
            id: "a",
            accountName: "one.mbox",
            status: "failed",
            processedEmails: 40,
            totalEmails: 100,
          }),
          pastJob({ id: "b", accountName: "two.mbox", skippedEmails: 12, elapsedSeconds: 3720 }),
          pastJob({ id: "c", accountName: "three.mbox", status: "cancelled" }),
        ],
      },
      "#/jobs",
    );
    expect(await row("one.mbox")).toHaveTextContent("Failed40 / 100");
    expect(await row("two.mbox")).toHaveTextContent("1h 2m");
    expect(within(await row("three.mbox")).getByText("Stopped")).toBeVisible();
    await expectAccessible();
  });

  it("opens the mails that could not be read, and closes them with Escape", async () => {
    const app = openApp({ accounts: [sampleAccount], jobs: [pastJob({ failedEmails: 3 })] }, "#/jobs");
    const opener = await button("Show 3 mails that could not be read");
    await app.user.click(opener);
    const dialog = await screen.findByRole("dialog", { name: /Sample mailbox/ });
    expect(await within(dialog).findByText("spam-2/01283.c3c4d1b8.eml")).toBeVisible();
    await expectAccessible();
    await app.user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await waitFor(() => expect(opener).toHaveFocus());
  });

  it("shows that the failures cannot be had, and tries again", async () => {
    const app = openApp({ accounts: [sampleAccount], jobs: [pastJob({ failedEmails: 3 })] }, "#/jobs");
    app.host.refuse("jobFailures", "notFound", "no job past");
    await app.user.click(await button("Show 3 mails that could not be read"));
    expect(await screen.findByText("no job past")).toBeVisible();
    app.host.allow("jobFailures");
    await app.user.click(await button("Try again"));
    expect(await screen.findByText("spam-2/01283.c3c4d1b8.eml")).toBeVisible();
  });

  it("moves with a job that another program started", async () => {
    const app = openApp(learnedWorld(), "#/jobs");
    await row("Completed");
    app.host.begin(sampleAccount);
    await app.advance(12);
    expect(await row("Learning")).toHaveTextContent("1,500 / 6,046");
    expect(await screen.findByText("Learning from Sample mailbox")).toBeVisible();
    await expectAccessible();
  });

  it("says which jobs wait, which are paused, and when trouble lets one go on", async () => {
    openApp(
      {
        accounts: [sampleAccount],
        jobs: [
          pastJob({ id: "a", number: 3, accountName: "one.mbox", status: "queued", startedAt: null }),
          pastJob({ id: "b", number: 2, accountName: "two.mbox", status: "paused", pausedBy: "owner" }),
          pastJob({
            id: "c",
            accountName: "three.mbox",
            status: "paused",
            pausedBy: "trouble",
            resumesAt: "2025-03-12T18:21:00Z",
          }),
        ],
      },
      "#/jobs",
    );
    expect(within(await row("one.mbox")).getByText("Waiting")).toBeVisible();
    expect(within(await row("two.mbox")).getByText("Paused")).toBeVisible();
    expect(await row("two.mbox")).not.toHaveTextContent("by itself");
    expect(within(await row("three.mbox")).getByText("Paused")).toBeVisible();
    expect(await row("three.mbox")).toHaveTextContent(/Goes on by itself at Mar 1\d, 2025/);
    await expectAccessible();
  });

  it("tries the failed mails of a job again, once", async () => {
    const past = pastJob({ number: 12, failedEmails: 3 });
    const app = openApp({ accounts: [sampleAccount], jobs: [past] }, "#/jobs");
    await app.user.click(await button("Show 3 mails that could not be read"));
    const answer = app.host.hold("retryJob");
    await app.user.click(await button("Try failed mails again"));
    await app.user.click(await button("Starting…"));
    await expectAccessible();
    answer();
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const retry = await row("Job 13");
    expect(retry).toHaveTextContent("Tries the failed mails of job 12 again");
    expect(within(retry).getByText("Learning")).toBeVisible();
    expect(app.host.calls.filter(({ command }) => command === "retryJob")).toHaveLength(1);
    await app.advance(5);
    expect(await row("Job 13")).toHaveTextContent("Completed3 / 3");
    await expectAccessible();
  });

  it("says why the failed mails cannot be tried again", async () => {
    const app = openApp({ accounts: [sampleAccount], jobs: [pastJob({ failedEmails: 3 })] }, "#/jobs");
    app.host.refuse("retryJob", "busy", "job 2 of the same mailbox is not over");
    await app.user.click(await button("Show 3 mails that could not be read"));
    await app.user.click(await button("Try failed mails again"));
    expect(await screen.findByText("job 2 of the same mailbox is not over")).toBeVisible();
    expect(await button("Try failed mails again")).toBeVisible();
    await expectAccessible();
  });

  it("offers no second job for a mailbox whose job is not over", async () => {
    const past = pastJob({ failedEmails: 3, startedAt: "2025-03-12T18:20:00Z" });
    const app = openApp({ accounts: [sampleAccount], jobs: [past] }, "#/jobs");
    await row("Completed");
    app.host.begin(sampleAccount);
    await app.advance(1);
    await app.user.click(await button("Show 3 mails that could not be read"));
    expect(await screen.findByText(/once the job of this mailbox that is not over has ended/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Try failed mails again" })).toBeNull();
  });

  it("says so where no job has run", async () => {
    openApp({}, "#/jobs");
    expect(await heading("No job has run yet")).toBeVisible();
    await expectAccessible();
  });

  it("shows that the jobs cannot be had, and tries again", async () => {
    const host = new FakeHost(learnedWorld());
    host.refuse("overview", "internal", "host is gone");
    const app = openApp(host, "#/jobs");
    expect(await screen.findByText("host is gone")).toBeVisible();
    host.allow("overview");
    await app.user.click(await button("Try again"));
    expect(await row("Completed")).toBeVisible();
  });

  it.each([
    [{}, "Learned 6,046 mails from Sample mailbox", "lucide-check"],
    [{ unreadable: 2 }, "Learned 6,044 mails from Sample mailbox", "lucide-triangle-alert"],
    [
      { breaksWith: "The disk is full" },
      "Learning from Sample mailbox could not be finished",
      "lucide-circle-alert",
    ],
  ])("tells of the start and of the end, each in its own manner: %o", async (plan, words, icon) => {
    const app = openApp(learnedWorld(), "#/jobs");
    await row("Completed");
    app.host.begin(sampleAccount, plan);
    await app.advance(1);
    const start = await screen.findByText("Learning from Sample mailbox");
    expect(start.closest("li")?.querySelector("svg")).toHaveClass("lucide-graduation-cap");
    await app.advance(60);
    const end = await screen.findByText(words);
    expect(end.closest("li")?.querySelector("svg")).toHaveClass(icon);
    expect(screen.queryByText("Learning from Sample mailbox")).toBeNull();
  });
});

describe("the toasts of a job", () => {
  const open = async (world = learnedWorld()) => {
    const app = openApp(world, "#/jobs");
    await row("Completed");
    return app;
  };
  const toastOf = async (words: string) => (await screen.findByText(words)).closest("li");

  it("tell of trouble once, and of the first mail after it", async () => {
    const app = await open();
    const job = app.host.begin(sampleAccount);
    await app.advance(12);
    await act(async () => app.host.trip(job, "connection refused", 60));
    const paused = await toastOf("Learning from Sample mailbox is paused");
    expect(paused).toHaveTextContent("connection refused");
    expect(paused?.querySelector("svg")).toHaveClass("lucide-triangle-alert");
    await expectAccessible();

    await app.advance(60.001);
    expect(screen.queryByText("Learning from Sample mailbox goes on")).toBeNull();
    await app.advance(1);
    const goesOn = await toastOf("Learning from Sample mailbox goes on");
    expect(goesOn).not.toHaveTextContent("connection refused");
    expect(goesOn?.querySelector("svg")).toHaveClass("lucide-graduation-cap");
  });

  it("do not tell again of trouble that comes back before a mail went through", async () => {
    const app = await open();
    const job = app.host.begin(sampleAccount);
    await act(async () => app.host.trip(job, "connection refused", 60));
    await toastOf("Learning from Sample mailbox is paused");
    act(() => void toast.dismiss());
    await waitFor(() => expect(screen.queryByText("Learning from Sample mailbox is paused")).toBeNull());
    await app.advance(60);
    await act(async () => app.host.trip(job, "connection refused", 120));
    await row("Paused");
    expect(screen.queryByText("Learning from Sample mailbox is paused")).toBeNull();
  });

  it("do not tell what the owner did: pause, resume, or try at once", async () => {
    const app = await open();
    const job = app.host.begin(sampleAccount);
    await app.advance(12);
    await toastOf("Learning from Sample mailbox");
    await app.user.click(screen.getByRole("link", { name: /^Learning/ }));
    await app.user.click(await button("Pause"));
    await app.user.click(await button("Resume"));
    await app.advance(1);
    expect(screen.queryByText(/is paused|goes on/)).toBeNull();

    await act(async () => app.host.trip(job, "connection refused", 60));
    await app.user.click(await button("Try now"));
    await app.advance(1);
    expect(await button("Pause")).toBeVisible();
    expect(screen.queryByText("Learning from Sample mailbox goes on")).toBeNull();
  });

  it("tell of the start when a job's turn has come, not while it waits", async () => {
    const app = await open({ ...learnedWorld(), accounts: [sampleAccount, archiveAccount], atOnce: 1 });
    const first = app.host.begin(sampleAccount);
    app.host.begin(archiveAccount);
    await app.advance(1);
    await row("Waiting");
    expect(screen.queryByText(`Learning from ${archiveAccount.name}`)).toBeNull();
    await act(async () => void (await app.host.cancelJob(first.id)));
    expect(await screen.findByText(`Learning from ${archiveAccount.name}`)).toBeVisible();
  });
});
