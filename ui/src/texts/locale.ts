/** A system without a language calls itself "C", which is no language tag and would stop Intl. */
export const isLanguageTag = (tag: string): boolean => {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
};

/** What the system speaks, the preferred first; never empty. */
export const locales: readonly string[] = [...navigator.languages.filter(isLanguageTag), "en"];
