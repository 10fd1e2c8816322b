import { afterEach, describe, expect, it, vi } from "vitest";
import { FakeHost } from "./fake";
import { accountOf, sampleReport } from "./fake-data";
import { allJobs, percentDone } from "./jobs";
import { followProgress, type ProgressFeed } from "./progress";
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
