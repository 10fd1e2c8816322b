import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { FakeHost } from "../../host/fake";
import { pastJob } from "../../host/fake-data";
import { button, expectAccessible, heading, learnedWorld, openApp, sampleAccount } from "../../test/app";

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
