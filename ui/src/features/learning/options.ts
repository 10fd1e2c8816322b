import type { LearnOptions } from "../../host/host";
import { texts } from "../../texts";
import { isAddress } from "./addresses";

export const defaultOptions: LearnOptions = {
  most: 10_000,
  days: null,
  order: "newest",
  kind: "both",
  exclude: [],
};

/** The options as they stand in the form, where a number may be half typed. */
export type OptionsDraft = {
  most: string;
  days: string;
  order: LearnOptions["order"];
  kind: LearnOptions["kind"];
  exclude: string;
};

export type OptionsErrors = Partial<Record<"most" | "days" | "exclude", string>>;

export const draftOf = (options: LearnOptions): OptionsDraft => ({
  ...options,
  most: String(options.most),
  days: options.days === null ? "" : String(options.days),
  exclude: options.exclude.join("\n"),
});

const wholeNumber = (text: string): number | null =>
  /^[1-9]\d{0,8}$/.test(text.trim()) ? Number(text.trim()) : null;

const isDomain = (text: string) => /^[^\s@.]+(\.[^\s@.]+)+$/.test(text);

/** What the form says, or what is wrong with it in words. */
export function readOptions(draft: OptionsDraft): { options: LearnOptions | null; errors: OptionsErrors } {
  const errors: OptionsErrors = {};
  const most = wholeNumber(draft.most);
  if (most === null) errors.most = texts.options.mostInvalid;
  const days = draft.days.trim() === "" ? null : wholeNumber(draft.days);
  if (days === null && draft.days.trim() !== "") errors.days = texts.options.daysInvalid;
  const exclude = draft.exclude.split(/[\s,;]+/).filter(Boolean);
  const wrong = exclude.find((entry) => !isAddress(entry) && !isDomain(entry));
  if (wrong) errors.exclude = texts.options.excludeInvalid(wrong);

  if (most === null || Object.keys(errors).length > 0) return { options: null, errors };
  return { options: { most, days, order: draft.order, kind: draft.kind, exclude }, errors };
}
