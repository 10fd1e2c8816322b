import { en } from "./en";
import { locales } from "./locale";

export type Texts = typeof en;

/** A translation is one more file of the same shape as en.ts, and its line here. */
const catalogues: Record<string, Texts> = { en };

const wanted = locales.map((tag) => new Intl.Locale(tag).language);

export const language = wanted.find((tag) => tag in catalogues) ?? "en";
export const texts: Texts = catalogues[language] ?? en;
export * from "./formats";
