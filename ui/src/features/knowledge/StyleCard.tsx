import { Figures } from "../../components/Figures";
import { Section } from "../../components/Section";
import type { Style } from "../../host/host";
import { formatLanguage, formatPercent, texts } from "../../texts";
import { Shares } from "./Shares";

const t = texts.knowledge;

export function StyleCard({ style }: { style: Style }) {
  const inSomeLanguage = style.languages.reduce((sum, { count }) => sum + count, 0);
  return (
    <Section title={t.style} hint={t.styleFrom(style.mails)}>
      <Figures
        label={t.style}
        figures={[
          { label: t.length, value: t.words(style.medianWords) },
          { label: t.sentence, value: t.words(style.wordsPerSentence) },
          { label: t.formal, value: formatPercent(style.formalShare) },
          { label: t.emoji, value: formatPercent(style.emojiShare) },
        ]}
      />
      <div className="mt-6 grid grid-cols-3 gap-8 border-line border-t pt-5">
        <Shares title={t.greetings} shares={style.greetings} of={style.mails} none={t.noGreeting} />
        <Shares title={t.signOffs} shares={style.signOffs} of={style.mails} none={t.noSignOff} />
        <Shares
          title={t.languages}
          shares={style.languages}
          of={inSomeLanguage}
          none={texts.job.unknown}
          name={formatLanguage}
        />
      </div>
    </Section>
  );
}
