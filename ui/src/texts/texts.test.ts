import { describe, expect, it } from "vitest";
import { texts } from ".";
import { formatElapsed, formatLanguage, formatRough, formatTime } from "./formats";
import { isLanguageTag } from "./locale";

describe("times, as a person would say them", () => {
  it.each([
    [0, "10 seconds"],
    [42, "40 seconds"],
    [58, "1 minute"],
    [170, "3 minutes"],
    [1380, "25 minutes"],
    [3500, "1 hour"],
    [5500, "1.5 hours"],
    [90_000, "1 day"],
  ])("%i seconds: %s", (seconds, words) => {
    expect(formatRough(seconds)).toBe(words);
  });

  it("runs a clock to the second", () => {
    expect([7.9, 65, 3725].map(formatElapsed)).toEqual(["7 sec", "1 min 5 sec", "1 hr 2 min"]);
  });
});

describe("a time to come", () => {
  it("has its day only where that is not today", () => {
    expect(formatTime(new Date().toISOString())).toMatch(/^\d+:\d\d\s[AP]M$/);
    expect(formatTime("2025-03-14T12:05:00Z")).toMatch(/^Mar 1\d, 2025, \d+:05/);
  });
});

describe("the catalogue", () => {
  it("minds the plural", () => {
    expect(texts.outcome.completed(1)).toBe("Learned 1 mail");
    expect(texts.outcome.completed(0)).toBe("Learned 0 mails");
    expect(texts.outcome.unreadable(1)).toBe("1 mail could not be read and was left out.");
    expect(texts.outcome.upToDateText(1)).toBe("The 1 mail here was already learned.");
  });

  it("names a language by its code, and leaves a name as it is", () => {
    expect(["eng", "de", "Klingon-like", "??"].map(formatLanguage)).toEqual([
      "English",
      "German",
      "Klingon-like",
      "??",
    ]);
  });
});

describe("the system's language", () => {
  it("is passed over where it is none", () => {
    expect(isLanguageTag("C")).toBe(false);
    expect(isLanguageTag("de-CH")).toBe(true);
  });
});
