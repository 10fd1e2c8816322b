import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { useId } from "react";

type Props<T extends string> = {
  label: string;
  value: T;
  onChange: (value: T) => void;
  choices: Record<T, string>;
};

/** One of a few: a radio group drawn as one control. */
export function Segments<T extends string>({ label, value, onChange, choices }: Props<T>) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <span id={id} className="font-medium text-small">
        {label}
      </span>
      <RadioGroup
        aria-labelledby={id}
        value={value}
        onValueChange={(chosen) => onChange(chosen as T)}
        className="flex h-9 rounded-control border border-line-strong bg-surface p-0.5"
      >
        {(Object.keys(choices) as T[]).map((choice) => (
          <Radio.Root
            key={choice}
            value={choice}
            aria-label={choices[choice]}
            className="flex flex-1 cursor-pointer items-center justify-center rounded-small px-3 text-small text-soft hover:text-ink data-checked:bg-accent-soft data-checked:font-medium data-checked:text-accent"
          >
            {choices[choice]}
          </Radio.Root>
        ))}
      </RadioGroup>
    </div>
  );
}
