import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { archiveReport, knowledge } from "../../host/fake-data";
import {
  archiveAccount,
  button,
  expectAccessible,
  heading,
  learnedWorld,
  openApp,
  sampleAccount,
} from "../../test/app";

describe("knowledge", () => {
  it("shows what was learned: counts, style, patterns and contacts", async () => {
    const app = openApp(learnedWorld(), "#/knowledge");
    const tile = (await screen.findByText("Answers paired")).nextElementSibling;
    expect(tile).toHaveTextContent("348");

    expect(await heading("How you write")).toBeVisible();
    expect(screen.getByText("Hi {name},").parentElement).toHaveTextContent("39%");
    expect(screen.getByText("English")).toBeVisible();
    expect(screen.getByText("46 words")).toBeVisible();

    const question = await button(/whitelist a whole domain/);
    expect(question).toHaveTextContent("Answered 12 times");
    expect(question).toHaveTextContent("74% proven");
    await app.user.click(question);
    expect(await screen.findByText(/whitelist_from takes a glob/)).toBeVisible();

    const contacts = screen.getByRole("table");
    expect(within(contacts).getByText("within 1.5 hours")).toBeVisible();
    await expectAccessible();
  });

  it("never shows an unproven answer as a percentage", async () => {
    openApp(learnedWorld(), "#/knowledge");
    const question = await button(/next release/);
    expect(question).toHaveTextContent("Not proven yet");
    expect(question).not.toHaveTextContent("%");
  });

  it("shows mail as text, whatever stands in it", async () => {
    const [pattern] = knowledge.topPatterns;
    if (!pattern) throw new Error("the fake knowledge has no pattern");
    const hostile = { ...pattern, question: "<img src=x onerror=alert(1)> <b>now</b>" };
    openApp({ ...learnedWorld(), knowledge: { ...knowledge, topPatterns: [hostile] } }, "#/knowledge");
    expect(await screen.findByText("<img src=x onerror=alert(1)> <b>now</b>")).toHaveAttribute("dir", "auto");
    expect(document.querySelector("img")).toBeNull();
  });

  it("says so where nothing was learned", async () => {
    openApp({}, "#/knowledge");
    expect(await heading("Nothing was learned yet")).toBeVisible();
    expect(screen.getByRole("link", { name: "Go to Learning" })).toHaveAttribute("href", "#/learning");
    await expectAccessible();
  });

  it("says so where an account was found but nothing learned from it", async () => {
    openApp({ accounts: [sampleAccount] }, "#/knowledge");
    expect(await heading("Nothing was learned yet")).toBeVisible();
  });

  it("shows what there is when the owner's style is not known", async () => {
    const bare = { ...knowledge, style: null, topPatterns: [], topContacts: [] };
    openApp({ ...learnedWorld(), knowledge: bare }, "#/knowledge");
    expect(await screen.findByText(/there is no style to show/)).toBeVisible();
    expect(screen.getByText("No contact was found yet.")).toBeVisible();
    await expectAccessible();
  });

  it("switches between mailboxes", async () => {
    const app = openApp({ ...learnedWorld(), accounts: [sampleAccount, archiveAccount] }, "#/knowledge");
    await app.user.click(await screen.findByRole("link", { name: archiveReport.name }));
    expect(await screen.findByRole("link", { name: archiveReport.name, current: "page" })).toBeVisible();
    await heading("How you write");
    expect(app.host.calls.filter((call) => call.command === "knowledge").map((call) => call.args)).toEqual([
      [1],
      [2],
    ]);
  });

  it("shows that it cannot be had, and tries again", async () => {
    const app = openApp(learnedWorld(), "#/jobs");
    app.host.refuse("knowledge", "storage", "database is locked");
    await app.user.click(screen.getByRole("link", { name: "Knowledge" }));
    expect(await screen.findByText("database is locked")).toBeVisible();
    await expectAccessible();
    app.host.allow("knowledge");
    await app.user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await heading("How you write")).toBeVisible();
  });
});
