type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Picks the form that a language wants for a number: `plural("en")(1, { one: "mail", other: "mails" })`. */
export function plural(language: string) {
  const rules = new Intl.PluralRules(language);
  return (count: number, forms: Forms): string => forms[rules.select(count)] ?? forms.other;
}
