import { afterEach, describe, expect, it, vi } from "vitest";
import { FakeHost } from "./fake";
import { accountOf, sampleReport } from "./fake-data";
import { allJobs, percentDone } from "./jobs";
import { followProgress, type ProgressFeed, takeAnswer } from "./progress";
import { createQueryClient, keys, type Live } from "./queries";

const account = accountOf(1, sampleReport, true);
const feeds: ProgressFeed[] = [];
afterEach(() => {
  for (const feed of feeds.splice(0)) feed.stop();
});

function open(host: FakeHost) {
  const client = createQueryClient();
  const feed = followProgress(host, client);
  feeds.push(feed);
  const live = () => client.getQueryData<Live>(keys.live);
  const job = () => [...(live()?.jobs.values() ?? [])][0];
  const asked = () => host.calls.filter((call) => call.command === "progress").length;
  return { client, feed, live, job, asked };
}

describe("following the progress", () => {
  it("gives a window that opens late the snapshot", async () => {
    const host = new FakeHost();
    host.begin(account);
    host.advance(12);
    const window = open(host);
    await vi.waitFor(() => expect(window.job()?.processedEmails).toBe(1500));
    expect(window.live()).toMatchObject({ stream: "boot-1", number: 1 });
  });

  it("subscribes before it asks", async () => {
    const host = new FakeHost();
    const window = open(host);
    await vi.waitFor(() => expect(window.live()).toBeDefined());
    expect(host.calls.map((call) => call.command)).toEqual(["onProgress", "progress"]);
  });

  it("keeps the frames that arrive while it asks, and drops those that the snapshot has overtaken", async () => {
    const host = new FakeHost();
    host.begin(account);
    const answer = host.hold("progress");
    const window = open(host);
    await vi.waitFor(() => expect(window.asked()).toBe(1));
    host.advance(12);
    const overtaken = host.frame();
    host.advance(2);
    answer();
    await vi.waitFor(() => expect(window.job()?.processedEmails).toBe(1800));
    host.send(overtaken);
    expect(window.job()?.processedEmails).toBe(1800);
    expect(window.asked()).toBe(1);
  });

  it("follows frame by frame without asking again", async () => {
    const host = new FakeHost();
    host.begin(account);
    const window = open(host);
    await vi.waitFor(() => expect(window.live()).toBeDefined());
    for (let frame = 0; frame < 50; frame += 1) host.advance(0.1);
    expect(window.live()?.number).toBe(50);
    expect(window.asked()).toBe(1);
  });

  it("asks again on a gap, and refreshes what a lost frame may have told", async () => {
    const host = new FakeHost();
    host.begin(account);
    const window = open(host);
    await vi.waitFor(() => expect(window.live()).toBeDefined());
    const refreshed = vi.spyOn(window.client, "invalidateQueries");
    host.lose(1);
    host.advance(10);
    host.advance(2);
    await vi.waitFor(() => expect(window.job()?.processedEmails).toBe(1500));
    expect(window.asked()).toBe(2);
    expect(refreshed).toHaveBeenCalledWith({ queryKey: keys.overview });
  });

  it("asks again when the host was started anew, though the numbers begin again", async () => {
    const host = new FakeHost();
    host.begin(account);
    const window = open(host);
    await vi.waitFor(() => expect(window.live()).toBeDefined());
    for (let frame = 0; frame < 5; frame += 1) host.advance(1);
    host.restart();
    host.advance(7);
    await vi.waitFor(() => expect(window.live()).toMatchObject({ stream: "boot-2", number: 1 }));
    expect(window.job()?.processedEmails).toBe(1500);
  });

  it("forgets a job that the new snapshot does not know", async () => {
    const host = new FakeHost();
    host.begin(account);
    const window = open(host);
    await vi.waitFor(() => expect(window.job()).toBeDefined());
    host.restart();
    host.progress = async () => ({ stream: "boot-2", number: 4, jobs: [] });
    host.advance(1);
    await vi.waitFor(() => expect(window.live()?.jobs.size).toBe(0));
  });

  it("holds the error when it cannot ask, and recovers with the next frame", async () => {
    const host = new FakeHost();
    host.begin(account);
    host.refuse("progress", "internal", "not yet");
    const window = open(host);
    await vi.waitFor(() => expect(window.client.getQueryState(keys.live)?.error?.message).toBe("not yet"));
    host.allow("progress");
    host.advance(12);
    await vi.waitFor(() => expect(window.job()?.processedEmails).toBe(1500));
    expect(window.client.getQueryState(keys.live)?.error).toBeNull();
  });

  it("subscribes again when that had failed", async () => {
    const host = new FakeHost();
    host.refuse("onProgress", "internal");
    const window = open(host);
    await vi.waitFor(() => expect(window.client.getQueryState(keys.live)?.status).toBe("error"));
    host.allow("onProgress");
    window.feed.ask();
    await vi.waitFor(() => expect(window.live()).toBeDefined());
  });

  it("refreshes what a job has learned when it stands still", async () => {
    const host = new FakeHost();
    const job = host.begin(account);
    const window = open(host);
    await vi.waitFor(() => expect(window.live()).toBeDefined());
    const refreshed = vi.spyOn(window.client, "invalidateQueries");
    host.advance(12);
    expect(refreshed).not.toHaveBeenCalled();
    await host.pauseJob(job.id);
    expect(refreshed.mock.calls).toEqual([
      [{ queryKey: keys.knowledge(account.id) }],
      [{ queryKey: keys.failures(job.id) }],
    ]);
  });

  it("says nothing more once it is stopped", async () => {
    const host = new FakeHost();
    host.begin(account);
    const window = open(host);
    await vi.waitFor(() => expect(window.live()).toBeDefined());
    window.feed.stop();
    host.advance(12);
    expect(window.live()?.number).toBe(0);
  });
});

describe("what a command answers", () => {
  it("is taken up, unless a frame has brought another status meanwhile", async () => {
    const host = new FakeHost();
    const job = host.begin(account);
    const window = open(host);
    await vi.waitFor(() => expect(window.job()).toBeDefined());
    const running = (await host.progress()).jobs[0];
    host.lose(1);
    const paused = await host.pauseJob(job.id);
    expect(window.job()?.status).toBe("processing");
    takeAnswer(window.client, paused, "processing");
    expect(window.job()).toMatchObject({ status: "paused", pausedBy: "owner" });
    if (running) takeAnswer(window.client, running, "queued");
    expect(window.job()?.status).toBe("paused");
  });

  it("is taken up where the window has not heard of the job", async () => {
    const host = new FakeHost();
    const window = open(host);
    await vi.waitFor(() => expect(window.live()).toBeDefined());
    host.begin(account);
    const [answer] = (await host.overview()).jobs;
    if (answer) takeAnswer(window.client, answer);
    expect(window.job()?.id).toBe(answer?.id);
  });
});

describe("the fake host", () => {
  it("runs so many jobs at once, and the others in their turn", async () => {
    const host = new FakeHost({ atOnce: 1 });
    const first = host.begin(account);
    const second = host.begin(accountOf(2, sampleReport, false));
    const statuses = async () => (await host.overview()).jobs.map((job) => job.status);
    expect(await statuses()).toEqual(["queued", "processing"]);
    await host.pauseJob(first.id);
    expect(await statuses()).toEqual(["processing", "paused"]);
    host.advance(5);
    expect(second.seconds).toBe(5);
    expect(first.seconds).toBe(0);
    expect((await host.resumeJob(first.id)).status).toBe("queued");
    await host.cancelJob(second.id);
    expect(await statuses()).toEqual(["cancelled", "processing"]);
  });

  it("lets a job that trouble paused go on at its time", async () => {
    const host = new FakeHost();
    const job = host.begin(account);
    host.trip(job, "no answer", 60);
    host.advance(59);
    expect((await host.progress()).jobs[0]).toMatchObject({ pausedBy: "trouble", errorMessage: "no answer" });
    host.advance(1);
    expect((await host.progress()).jobs[0]).toMatchObject({ status: "processing", pausedBy: null });
  });
});

describe("the jobs that the window knows", () => {
  it("lets the live word win over a stored one, but never over an end", async () => {
    const host = new FakeHost();
    const running = host.begin(account);
    const stored = (await host.overview()).jobs;
    host.advance(12);
    const live: Live = {
      stream: "s",
      number: 1,
      jobs: new Map((await host.progress()).jobs.map((job) => [job.id, job])),
    };
    expect(allJobs(stored, live)[0]?.processedEmails).toBe(1500);

    running.cancelled = true;
    const ended = (await host.overview()).jobs;
    expect(allJobs(ended, live)[0]?.status).toBe("cancelled");
    expect(allJobs([], live)).toHaveLength(1);
  });

  it("counts what was skipped as done, and keeps 100 % for the end", async () => {
    const host = new FakeHost();
    host.begin(account, { total: 1000, skipped: 500 });
    host.advance(3);
    const [job] = (await host.overview()).jobs;
    expect(job && percentDone(job)).toBe(65);
    expect(job && percentDone({ ...job, processedEmails: 500 })).toBe(99);
    expect(job && percentDone({ ...job, processedEmails: 500, status: "completed" })).toBe(100);
  });
});
