import { Disclosure } from "../../components/Disclosure";
import { Field } from "../../components/Field";
import { Segments } from "../../components/Segments";
import { texts } from "../../texts";
import { defaultOptions, type OptionsDraft, readOptions } from "./options";

const t = texts.options;

type Props = { draft: OptionsDraft; onChange: (draft: OptionsDraft) => void };

export function OptionsForm({ draft, onChange }: Props) {
  const { options, errors } = readOptions(draft);
  const now = options ?? defaultOptions;
  const change = (part: Partial<OptionsDraft>) => onChange({ ...draft, ...part });

  const title = (
    <>
      <span className="block font-semibold text-title tracking-tight">{t.title}</span>
      <span className="block text-small text-soft">{t.summary(now.most, now.order, now.kind, now.days)}</span>
    </>
  );
  return (
    <Disclosure title={title}>
      <div className="grid grid-cols-2 gap-x-6 gap-y-5 px-1 pt-4 pb-1 pl-6.5">
        <Field
          label={t.most}
          unit={t.mostUnit}
          value={draft.most}
          onChange={(most) => change({ most })}
          error={errors.most}
          inputMode="numeric"
        />
        <Field
          label={t.days}
          hint={t.daysHint}
          value={draft.days}
          onChange={(days) => change({ days })}
          error={errors.days}
          inputMode="numeric"
        />
        <Segments
          label={t.order}
          value={draft.order}
          choices={t.orders}
          onChange={(order) => change({ order })}
        />
        <Segments label={t.kind} value={draft.kind} choices={t.kinds} onChange={(kind) => change({ kind })} />
        <div className="col-span-2">
          <Field
            label={t.exclude}
            hint={t.excludeHint}
            placeholder={t.excludePlaceholder}
            value={draft.exclude}
            onChange={(exclude) => change({ exclude })}
            error={errors.exclude}
            lines={2}
            spellCheck={false}
          />
        </div>
      </div>
    </Disclosure>
  );
}
