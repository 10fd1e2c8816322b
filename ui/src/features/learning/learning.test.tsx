import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { type Command, FakeHost, type World } from "../../host/fake";
import { archiveReport, pastJob, sampleReport } from "../../host/fake-data";
import {
  archiveAccount,
  bar,
  button,
  expectAccessible,
  figure,
  heading,
  learnedWorld,
  openApp,
  sampleAccount,
} from "../../test/app";

const startSample = async (app: ReturnType<typeof openApp>) => {
  await app.user.click(await button(/sample mailbox/));
  await app.user.click(await button("Start learning"));
  await heading("Learning from Sample mailbox");
};

describe("the first run", () => {
  it("goes from the welcome to what was learned, on the sample", async () => {
    const app = openApp();
    expect(await heading("Learn how you answer email")).toBeVisible();
    expect(document.title).toBe("Learning – Understudy");

    await startSample(app);
    expect((await bar()).getAttribute("aria-valuenow")).toBeNull();
    expect(screen.getByText("Looking through the mailbox")).toBeVisible();

    await app.advance(12);
    expect(await bar()).toHaveAttribute("aria-valuetext", "24%, 1,500 of 6,046 mails");
    expect(figure("Processed")).toBe("1,500");
    await app.advance(60);

    expect(await screen.findByText("Learned 6,046 mails")).toBeVisible();
    expect(screen.queryByRole("progressbar")).toBeNull();
    expect(await screen.findByText("Learned 6,046 mails from Sample mailbox")).toBeVisible();

    await app.user.click(screen.getByRole("link", { name: "See what was learned" }));
    expect(await heading("What people ask you")).toBeVisible();
  });

  it("sends what the owner confirmed: who they are, and the options", async () => {
    const app = openApp();
    await app.user.click(await button(/Choose a mailbox file/));
    expect(await screen.findByText(/18,204 mails/)).toBeVisible();
    expect(await screen.findByText("Sent 2,140 mails, answered 1,522, received 9,034")).toBeVisible();

    await app.user.click(screen.getByRole("checkbox", { name: "a.lovelace@office.example" }));
    await app.user.type(
      screen.getByRole("textbox", { name: "Another address of yours" }),
      "ada@home.example{Enter}",
    );
    expect(await screen.findByRole("checkbox", { name: "ada@home.example" })).toBeChecked();

    await app.user.click(screen.getByRole("button", { name: /Options/ }));
    const most = await screen.findByRole("textbox", { name: "At most" });
    expect(most).toHaveValue("10000");
    await app.user.clear(most);
    await app.user.type(most, "500");
    await app.user.type(screen.getByRole("textbox", { name: "Days back" }), "365");
    await app.user.click(screen.getByRole("radio", { name: "Oldest" }));
    await app.user.click(screen.getByRole("radio", { name: "Sent" }));
    await app.user.type(
      screen.getByRole("textbox", { name: "Leave out" }),
      "news@shop.example, spam.example",
    );
    expect(screen.getByText("The oldest 500 mails of the last 365 days, that you sent")).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: "Start learning" }));

    await heading(`Learning from ${archiveReport.name}`);
    expect(app.host.calls.find((call) => call.command === "startLearning")?.args).toEqual([
      { type: "path", path: archiveReport.path },
      ["ada@lovelace.example", "ada@home.example"],
      { most: 500, days: 365, order: "oldest", kind: "sent", exclude: ["news@shop.example", "spam.example"] },
    ]);
  });

  it("asks for an address of the owner before it starts, and says what is wrong with one", async () => {
    const report = { ...sampleReport, addresses: [] };
    const app = openApp({ reports: { sample: report, path: report } });
    await app.user.click(await button(/sample mailbox/));
    await app.user.click(await button("Start learning"));
    expect(await screen.findByText("Tick or add at least one address that is yours.")).toBeVisible();

    const field = screen.getByRole("textbox", { name: "Another address of yours" });
    await app.user.type(field, "ada{Enter}");
    expect(await screen.findByText("Write a whole address, such as name@example.org.")).toBeVisible();
    expect(field).toBeInvalid();
    await app.user.type(field, "@home.example{Enter}");
    await app.user.type(field, "ADA@home.example{Enter}");
    expect(await screen.findByText("This address is already in the list.")).toBeVisible();
    expect(app.host.calls.some((call) => call.command === "startLearning")).toBe(false);
    await expectAccessible();
  });

  it("refuses options that make no sense, in words", async () => {
    const app = openApp();
    await app.user.click(await button(/sample mailbox/));
    await app.user.click(await button(/Options/));
    await app.user.type(await screen.findByRole("textbox", { name: "Days back" }), "soon");
    expect(await screen.findByText("Write a whole number of 1 or more, or nothing.")).toBeVisible();
    await app.user.type(screen.getByRole("textbox", { name: "Leave out" }), "nonsense");
    expect(await screen.findByText("“nonsense” is neither an address nor a domain.")).toBeVisible();
    await app.user.click(screen.getByRole("button", { name: "Start learning" }));
    expect(app.host.calls.some((call) => call.command === "startLearning")).toBe(false);
    await expectAccessible();
  });

  it("stays where it is when the owner closes the file dialog", async () => {
    const app = openApp({ chosenFolder: null });
    await app.user.click(await button(/Choose a mail folder/));
    expect(screen.getByRole("heading", { name: "Learn how you answer email" })).toBeVisible();
    expect(app.host.calls.some((call) => call.command === "inspectMailbox")).toBe(false);
  });

  it("starts once, however often the button is pressed", async () => {
    const app = openApp();
    await app.user.click(await button(/sample mailbox/));
    const answer = app.host.hold("startLearning");
    await app.user.click(await button("Start learning"));
    await app.user.click(await button("Starting…"));
    answer();
    await heading("Learning from Sample mailbox");
    expect(app.host.calls.filter((call) => call.command === "startLearning")).toHaveLength(1);
  });

  it("offers the sample only where there is no account yet", async () => {
    const app = openApp(learnedWorld());
    await app.user.click(await button("Learn another mailbox…"));
    expect(await button(/Choose a mailbox file/)).toBeVisible();
    expect(screen.queryByRole("button", { name: /sample mailbox/ })).toBeNull();
    await expectAccessible();
  });
});

describe("a running job", () => {
  it("shows every count, the speed and the time left", async () => {
    const app = openApp({ plan: { unreadable: 12 } });
    await startSample(app);
    await app.advance(22);
    expect(await screen.findByText("3,000 of 6,046 mails")).toBeVisible();
    expect(["Total", "Processed", "Successful", "Failed", "Skipped"].map(figure)).toEqual([
      "6,046",
      "3,000",
      "2,995",
      "5",
      "0",
    ]);
    expect(screen.getByText("150 mails/s · 22 sec so far")).toBeVisible();
    expect(screen.getByText("about 20 seconds left")).toBeVisible();
    await expectAccessible();
  });

  it("never says 100 % before the end", async () => {
    const app = openApp();
    await startSample(app);
    await app.advance(42.5);
    expect(await bar()).toHaveAttribute("aria-valuenow", "99");
    expect(screen.getByText("Putting together what was learned")).toBeVisible();
  });

  it("tells a screen reader each quarter, and nothing in between", async () => {
    const app = openApp();
    await startSample(app);
    const told = () => screen.getAllByRole("status").map((region) => region.textContent);
    await app.advance(12);
    expect(told()).toEqual([""]);
    await app.advance(2);
    expect(told()).toEqual(["Sample mailbox: 25% learned"]);
    await app.advance(4);
    expect(told()).toEqual(["Sample mailbox: 25% learned"]);
    await app.advance(6);
    expect(told()).toEqual(["Sample mailbox: 50% learned"]);
  });

  it("stops when it is told to", async () => {
    const app = openApp();
    await startSample(app);
    await app.advance(12);
    await app.user.click(await button("Stop"));
    expect(await screen.findByText("What was learned from 1,500 mails before that is kept.")).toBeVisible();
    expect(await screen.findByText("Stopped learning from Sample mailbox")).toBeVisible();
  });

  it("says why it could not be stopped", async () => {
    const app = openApp();
    await startSample(app);
    app.host.refuse("cancelJob", "storage", "disk I/O error");
    await app.user.click(await button("Stop"));
    expect(await screen.findByText("The data folder could not be used")).toBeVisible();
    expect(screen.getByText("disk I/O error")).toBeVisible();
    expect(await bar()).toBeVisible();
  });

  it("lists the mails that could not be read, when asked", async () => {
    const app = openApp({ plan: { unreadable: 12 } });
    await startSample(app);
    await app.advance(22);
    expect(app.host.calls.some((call) => call.command === "jobFailures")).toBe(false);
    await app.user.click(await button("5 mails could not be read"));
    expect(await screen.findByText("spam-2/01283.c3c4d1b8.eml")).toBeVisible();
    expect(screen.getByText("Stopped the reader")).toBeVisible();
    expect(screen.getByText("it has none of the headers that a mail has")).toBeVisible();
    await expectAccessible();
  });
});

describe("a job that stands still", () => {
  const begin = async (world: Partial<World> = {}) => {
    const app = openApp({ ...learnedWorld(), ...world });
    await heading("Sample mailbox");
    const job = app.host.begin(sampleAccount);
    await app.advance(12);
    return { ...app, job };
  };
  const calls = (app: { host: FakeHost }, command: Command) =>
    app.host.calls.filter((call) => call.command === command).length;

  it("is paused and resumed by the owner, who cannot press twice", async () => {
    const app = await begin();
    let answer = app.host.hold("pauseJob");
    await app.user.click(await button("Pause"));
    await app.user.click(await button("Pausing…"));
    expect(await button("Pausing…")).toHaveAttribute("aria-disabled", "true");
    await expectAccessible();
    answer();
    expect(await button("Resume")).toHaveFocus();
    expect(calls(app, "pauseJob")).toBe(1);

    const card = screen.getByRole("region", { name: "Learning from Sample mailbox" });
    expect(within(card).getByText("Paused")).toBeVisible();
    expect(screen.getByText("Sample mailbox: Paused")).toBeInTheDocument();
    expect(screen.getByText("12 sec so far")).toBeVisible();
    await app.advance(30);
    expect(await bar()).toHaveAttribute("aria-valuetext", "24%, 1,500 of 6,046 mails");
    expect(figure("Processed")).toBe("1,500");
    await expectAccessible();

    answer = app.host.hold("resumeJob");
    await app.user.keyboard("{Enter}");
    await app.user.click(await button("Resuming…"));
    answer();
    expect(await button("Pause")).toHaveFocus();
    expect(calls(app, "resumeJob")).toBe(1);
    await app.advance(2);
    expect(figure("Processed")).toBe("1,800");
  });

  it("can be stopped while it is paused, and even while it is about to be", async () => {
    const app = await begin();
    const answer = app.host.hold("pauseJob");
    await app.user.click(await button("Pause"));
    await app.user.click(await button("Stop"));
    expect(await screen.findByText("What was learned from 1,500 mails before that is kept.")).toBeVisible();
    answer();
    await act(async () => {});
    expect(screen.getByText("What was learned from 1,500 mails before that is kept.")).toBeVisible();
  });

  it("tells why trouble paused it and when it goes on, and tries at once when asked", async () => {
    const app = await begin();
    await act(async () => app.host.trip(app.job, "connection refused", 120));
    const card = await screen.findByRole("region", { name: "Learning from Sample mailbox" });
    expect(within(card).getByText("Paused")).toBeVisible();
    expect(within(card).getByText("connection refused")).toBeVisible();
    expect(within(card).getByText(/^Goes on by itself at .*:\d\d/)).toBeVisible();
    await expectAccessible();
    const answer = app.host.hold("resumeJob");
    await app.user.click(await button("Try now"));
    expect(await button("Trying…")).toHaveAttribute("aria-disabled", "true");
    answer();
    expect(await button("Pause")).toHaveFocus();
    expect(within(card).queryByText("connection refused")).toBeNull();
  });

  it("goes on by itself after trouble", async () => {
    const app = await begin();
    await act(async () => app.host.trip(app.job, "connection refused", 60));
    await app.advance(60);
    expect(await button("Pause")).toBeVisible();
    expect(screen.getByText("Reading mail and pairing answers with questions")).toBeVisible();
  });

  it("waits for its turn, with nothing to do but to stop it", async () => {
    const app = openApp({
      ...learnedWorld(),
      accounts: [sampleAccount, archiveAccount],
      atOnce: 1,
    });
    await heading("Sample mailbox");
    const first = app.host.begin(archiveAccount);
    app.host.begin(sampleAccount);
    await app.advance(1);
    const card = await screen.findByRole("region", { name: "Learning from Sample mailbox" });
    expect(within(card).getByText("Waiting for its turn")).toBeVisible();
    expect(within(card).getByRole("progressbar")).toHaveAttribute("aria-valuetext", "Waiting for its turn");
    expect(
      within(card)
        .getAllByRole("button")
        .map((each) => each.textContent),
    ).toEqual(["Stop"]);
    await expectAccessible();
    await act(async () => void (await app.host.cancelJob(first.id)));
    expect(within(card).getByRole("button", { name: "Pause" })).toBeVisible();
  });

  it("keeps the focus near when it has to wait before it goes on", async () => {
    const app = await begin({ accounts: [sampleAccount, archiveAccount], atOnce: 1 });
    await app.user.click(await button("Pause"));
    await button("Resume");
    app.host.begin(archiveAccount);
    await app.user.keyboard("{Enter}");
    expect(await screen.findByText("Waiting for its turn")).toBeVisible();
    expect(await heading("Learning from Sample mailbox")).toHaveFocus();
    expect(screen.getByText("1,500 of 6,046 mails")).toBeVisible();
  });

  it("says what holds it up while it runs, and no more once nothing does", async () => {
    const app = await begin();
    await act(async () => app.host.holdUp(app.job, "The server asks for patience"));
    expect(await screen.findByText("The server asks for patience")).toBeVisible();
    expect(await button("Pause")).toBeVisible();
    await expectAccessible();
    await act(async () => app.host.holdUp(app.job, null));
    expect(screen.queryByText("The server asks for patience")).toBeNull();
  });

  it.each([
    ["pauseJob", "Pause"],
    ["resumeJob", "Resume"],
  ] as const)("says why %s was refused", async (command, name) => {
    const app = await begin();
    if (command === "resumeJob") await app.user.click(await button("Pause"));
    app.host.refuse(command, "storage", "disk I/O error");
    await app.user.click(await button(name));
    expect(await screen.findByText("disk I/O error")).toBeVisible();
    expect(await button(name)).not.toHaveAttribute("aria-disabled");
    await expectAccessible();
  });

  it.each([
    ["processing", "This mailbox is being learned just now.", "See the job"],
    ["paused", "A job of this mailbox is paused.", "Resume learning"],
    ["queued", "A job of this mailbox is waiting for its turn.", "Start learning"],
  ] as const)("is shown where its mailbox is chosen again: %s", async (status, words, name) => {
    const world = { ...learnedWorld(), accounts: [sampleAccount, archiveAccount] };
    const app = openApp({ ...world, jobs: [pastJob({ id: "b", accountId: archiveAccount.id, status })] });
    await app.user.click(await button("Learn another mailbox…"));
    await app.user.click(await button(/Choose a mailbox file/));
    expect(await screen.findByText(new RegExp(words))).toBeVisible();
    expect(await button(name)).toBeVisible();
    await expectAccessible();
  });
});

describe("the end of a job", () => {
  it("says how many mails could not be read", async () => {
    const app = openApp({ plan: { unreadable: 12 } });
    await startSample(app);
    await app.advance(60);
    expect(await screen.findByText("Learned 6,034 mails")).toBeVisible();
    expect(screen.getByText("12 mails could not be read and were left out.")).toBeVisible();
    await expectAccessible();
  });

  it("gives the reason of a failure", async () => {
    const app = openApp({ plan: { breaksWith: "The disk is full" } });
    await startSample(app);
    await app.advance(60);
    const card = await screen.findByRole("region", { name: "Sample mailbox" });
    expect(within(card).getByText("Learning could not be finished")).toBeVisible();
    expect(within(card).getByText("The disk is full")).toBeVisible();
    expect(await screen.findByText("Learning from Sample mailbox could not be finished")).toBeVisible();
    await expectAccessible();
  });

  it("offers to try the mails again that could not be read", async () => {
    const app = openApp({ ...learnedWorld(), jobs: [pastJob({ failedEmails: 3 })] });
    await app.user.click(await button("3 mails could not be read"));
    await app.user.click(await button("Try failed mails again"));
    await heading("Learning from Sample mailbox");
    expect(app.host.calls.find((call) => call.command === "retryJob")?.args).toEqual(["past"]);
    await app.advance(10);
    expect(await screen.findByText("Learned 3 mails")).toBeVisible();
  });

  it("learns again with one press, and finds everything up to date", async () => {
    const app = openApp(learnedWorld());
    await app.user.click(await button("Learn again"));
    await heading("Learning from Sample mailbox");
    await app.advance(10);
    expect(await screen.findByText("All 6,046 mails were already learned.")).toBeVisible();
    expect(screen.getByText("Up to date")).toBeVisible();
    expect(await screen.findByText("Sample mailbox is up to date")).toBeVisible();
    expect(app.host.calls.find((call) => call.command === "startLearning")?.args[1]).toEqual([
      "justin@mason.example",
      "jm@list.example",
    ]);
  });

  it("leaves out again what was left out before", async () => {
    const app = openApp(learnedWorld());
    await app.user.click(await button("Change options…"));
    await app.user.click(await button(/Options/));
    await app.user.type(await screen.findByRole("textbox", { name: "Leave out" }), "spam.example");
    await app.user.click(await button("Start learning"));
    await heading("Learning from Sample mailbox");
    await app.advance(10);
    await app.user.click(await button("Learn again"));
    await waitFor(() =>
      expect(app.host.calls.filter((call) => call.command === "startLearning")[1]?.args[2]).toMatchObject({
        exclude: ["spam.example"],
      }),
    );
  });

  it("tells nothing of a job that had ended before the window opened", async () => {
    openApp(learnedWorld());
    expect(await screen.findByText("Learned 6,046 mails")).toBeVisible();
    expect(screen.queryByText("Learned 6,046 mails from Sample mailbox")).toBeNull();
  });
});

describe("what can go wrong", () => {
  it("shows that the overview cannot be had, and tries again", async () => {
    const host = new FakeHost(learnedWorld());
    host.refuse("overview", "storage", "unable to open database file");
    const app = openApp(host);
    expect(await screen.findByText("unable to open database file")).toBeVisible();
    await expectAccessible();
    host.allow("overview");
    await app.user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await heading("Sample mailbox")).toBeVisible();
  });

  it.each([
    ["badMailbox", "This mailbox could not be read"],
    ["nothingFound", "No mail was found here"],
    ["notFound", "This is no longer there"],
    ["internal", "Something went wrong inside Understudy"],
  ] as const)("says in words that a mailbox was refused with %s", async (code, words) => {
    const app = openApp();
    app.host.refuse("inspectMailbox", code);
    await app.user.click(await button(/Choose a mailbox file/));
    expect(await screen.findByText(words)).toBeVisible();
    await expectAccessible();
    await app.user.click(screen.getByRole("button", { name: "Choose another mailbox" }));
    expect(await heading("Learn how you answer email")).toBeVisible();
  });

  it("does not offer to learn from a mailbox without mail", async () => {
    const report = { ...archiveReport, mails: 0 };
    const app = openApp({ reports: { sample: report, path: report } });
    await app.user.click(await button(/Choose a mailbox file/));
    expect(await heading("This mailbox holds no mail")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Start learning" })).toBeNull();
  });

  it("says that the dialog could not be opened", async () => {
    const app = openApp();
    app.host.refuse("chooseFile", "internal", "no portal");
    await app.user.click(await button(/Choose a mailbox file/));
    expect(await screen.findByText("no portal")).toBeVisible();
    await expectAccessible();
  });

  it("says why a job could not be started, and keeps what the owner chose", async () => {
    const app = openApp();
    app.host.refuse("startLearning", "busy");
    await app.user.click(await button(/sample mailbox/));
    await app.user.click(await screen.findByRole("checkbox", { name: "jm@list.example" }));
    await app.user.click(await button("Start learning"));
    expect(await screen.findByText("Understudy is already busy")).toBeVisible();
    expect(screen.getByRole("checkbox", { name: "jm@list.example" })).not.toBeChecked();
    expect(await button("Start learning")).toBeVisible();
  });

  it("says why it could not learn again", async () => {
    const app = openApp({ accounts: [sampleAccount], jobs: [pastJob({})] });
    app.host.refuse("startLearning", "busy");
    await app.user.click(await button("Learn again"));
    expect(await screen.findByText("Understudy is already busy")).toBeVisible();
  });
});
