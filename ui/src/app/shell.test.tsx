import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { FakeHost } from "../host/fake";
import { bar, button, expectAccessible, heading, learnedWorld, openApp, sampleAccount } from "../test/app";

describe("the window", () => {
  it("moves between its pages by keyboard, and says where it is", async () => {
    const app = openApp(learnedWorld());
    await heading("Learning");
    await app.user.tab();
    expect(await button("Skip to the content")).toHaveFocus();
    await app.user.tab();
    await app.user.tab();
    await app.user.keyboard("{Enter}");
    expect(await heading("Knowledge")).toBeVisible();
    expect(screen.getByRole("link", { name: "Knowledge" })).toHaveAttribute("aria-current", "page");
    expect(document.title).toBe("Knowledge – Understudy");
    await app.user.click(screen.getByRole("link", { name: "Jobs" }));
    expect(await heading("Jobs")).toBeVisible();
  });

  it("has no fault that axe can find, on each page", async () => {
    const app = openApp(learnedWorld());
    await heading("Sample mailbox");
    await expectAccessible();
    await app.user.click(await button("Change options…"));
    await app.user.click(await button(/Options/));
    await screen.findByRole("textbox", { name: "Leave out" });
    await expectAccessible();
  });

  it("has no fault that axe can find at the first run and while it looks through a mailbox", async () => {
    const app = openApp();
    await heading("Learn how you answer email");
    await expectAccessible();
    app.host.world.accounts.push(sampleAccount);
    app.host.begin(sampleAccount);
    await app.advance(1);
    await bar();
    await expectAccessible();
  });

  it("shows a shape of the page while it waits", async () => {
    const host = new FakeHost(learnedWorld());
    const answer = host.hold("overview");
    openApp(host);
    expect(await screen.findByRole("status", { name: "Loading" })).toBeInTheDocument();
    await expectAccessible();
    answer();
    expect(await heading("Sample mailbox")).toBeVisible();
  });

  it("says that progress does not arrive, and follows again when asked", async () => {
    const host = new FakeHost(learnedWorld());
    host.refuse("onProgress", "internal");
    const app = openApp(host);
    expect(await screen.findByText(/Live progress is not arriving/)).toBeVisible();
    await expectAccessible();
    host.allow("onProgress");
    await app.user.click(await button("Try again"));
    host.begin(sampleAccount);
    await app.advance(12);
    expect(await bar()).toHaveAttribute("aria-valuenow", "24");
    expect(screen.queryByText(/Live progress is not arriving/)).toBeNull();
  });
});
