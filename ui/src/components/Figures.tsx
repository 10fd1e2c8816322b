import { texts } from "../texts";

type Figure = {
  label: string;
  value: number | string;
  hint?: string | undefined;
  tone?: "danger" | undefined;
};

/** Named numbers in a row. */
export function Figures({ label, figures }: { label: string; figures: readonly Figure[] }) {
  return (
    <dl aria-label={label} className="grid auto-cols-fr grid-flow-col gap-px overflow-hidden">
      {figures.map((figure) => (
        <div
          key={figure.label}
          className="flex flex-col border-line border-l pl-4 first:border-l-0 first:pl-0"
        >
          <dt className="text-small text-soft">{figure.label}</dt>
          <dd
            className={`mt-0.5 font-semibold text-title tabular-nums ${figure.tone === "danger" ? "text-danger" : ""}`}
          >
            {typeof figure.value === "number" ? texts.common.number(figure.value) : figure.value}
          </dd>
          {figure.hint && <dd className="text-soft text-tiny">{figure.hint}</dd>}
        </div>
      ))}
    </dl>
  );
}
