import { locales } from "./locale";

/** Numbers, dates and durations the way the owner's system writes them. */
const locale = [...locales];

const numbers = new Intl.NumberFormat(locale);
const rates = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const percents = new Intl.NumberFormat(locale, { style: "percent" });
const days = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const time = { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" } as const;
const clocks = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const momentsThisYear = new Intl.DateTimeFormat(locale, time);
const moments = new Intl.DateTimeFormat(locale, { ...time, year: "numeric" });
const languages = new Intl.DisplayNames(locale, { type: "language" });

type Unit = "second" | "minute" | "hour" | "day";

const unit = (value: number, name: Unit, unitDisplay: "long" | "short" | "narrow") =>
  new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay, maximumFractionDigits: 1 }).format(
    value,
  );

export const formatNumber = (value: number) => numbers.format(value);
/** At most three digits that mean something: 1,240 becomes 1,240 and 12.345 becomes 12.3. */
export const formatRate = (value: number) => rates.format(value);
export const formatPercent = (share: number) => percents.format(share);
export const formatDay = (at: string) => days.format(new Date(at));

export function formatMoment(at: string): string {
  const moment = new Date(at);
  const thisYear = moment.getFullYear() === new Date().getFullYear();
  return (thisYear ? momentsThisYear : moments).format(moment);
}

/** The time of day alone where it is today: "2:05 PM". */
export function formatTime(at: string): string {
  const moment = new Date(at);
  return moment.toDateString() === new Date().toDateString() ? clocks.format(moment) : formatMoment(at);
}

function clock(seconds: number, display: "short" | "narrow"): string {
  const whole = Math.floor(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours > 0) return `${unit(hours, "hour", display)} ${unit(minutes, "minute", display)}`;
  if (minutes > 0) return `${unit(minutes, "minute", display)} ${unit(whole % 60, "second", display)}`;
  return unit(whole, "second", display);
}

/** Exact to the second, for a clock that runs: "48 sec", "3 min 5 sec", "1 hr 12 min". */
export const formatElapsed = (seconds: number) => clock(seconds, "short");
/** The same for a column: "48s", "3m 5s", "1h 12m". */
export const formatDuration = (seconds: number) => clock(seconds, "narrow");

/** As a person would say it: "40 seconds", "3 minutes", "25 minutes", "1.5 hours", "2 days". */
export function formatRough(seconds: number): string {
  if (seconds < 55) return unit(Math.max(10, Math.round(seconds / 10) * 10), "second", "long");
  const minutes = seconds / 60;
  if (minutes < 9.5) return unit(Math.max(1, Math.round(minutes)), "minute", "long");
  if (minutes < 57.5) return unit(Math.round(minutes / 5) * 5, "minute", "long");
  const hours = minutes / 60;
  if (hours < 9.75) return unit(Math.round(hours * 2) / 2, "hour", "long");
  if (hours < 23.5) return unit(Math.round(hours), "hour", "long");
  return unit(Math.round(hours / 24), "day", "long");
}

/** The language's own name for a code such as "eng" or "de"; what is no code stays as it is. */
export function formatLanguage(text: string): string {
  return /^[a-z]{2,3}$/.test(text) ? (languages.of(text) ?? text) : text;
}
