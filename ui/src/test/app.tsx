import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect } from "vitest";
import { App } from "../app/App";
import { FakeHost, type World } from "../host/fake";
import { accountOf, archiveReport, knowledge, pastJob, sampleReport } from "../host/fake-data";
import { createQueryClient } from "../host/queries";

/** Mounts the whole window on a fake host, at a page. */
export function openApp(world: Partial<World> | FakeHost = {}, hash = "") {
  const host = world instanceof FakeHost ? world : new FakeHost(world);
  window.location.hash = hash;
  const client = createQueryClient();
  render(<App host={host} client={client} />);
  return {
    host,
    client,
    user: userEvent.setup(),
    advance: (seconds: number) => act(async () => host.advance(seconds)),
  };
}

export const sampleAccount = accountOf(1, sampleReport, true);
export const archiveAccount = accountOf(2, archiveReport, false);

/** A window whose owner has learned the sample before. */
export const learnedWorld = (): Partial<World> => ({
  accounts: [sampleAccount],
  jobs: [pastJob({})],
  knowledge,
});

/** Colours are judged in tokens.test.ts: jsdom draws nothing. */
export async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}

export const heading = (name: string | RegExp) => screen.findByRole("heading", { name });
export const button = (name: string | RegExp) => screen.findByRole("button", { name });
export const bar = () => screen.findByRole("progressbar", { name: "Progress" });

/** The number that stands under a label, such as "Processed". */
export function figure(label: string): string {
  return screen.getByText(label, { selector: "dt" }).nextElementSibling?.textContent ?? "";
}
