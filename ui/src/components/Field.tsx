import { Field as Base } from "@base-ui/react/field";
import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes";

const control = classes(
  "w-full rounded-control border border-line-strong bg-surface px-3 text-body text-ink",
  "focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0",
  "data-invalid:border-danger",
);

type Props = Pick<ComponentProps<"input">, "inputMode" | "placeholder" | "autoComplete" | "spellCheck"> & {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  error?: string | undefined;
  unit?: string;
  lines?: number;
  /** What stands beside the control, such as a button that uses its value. */
  beside?: ReactNode;
};

/** A labelled text field that says in words what is wrong with it. */
export function Field({ label, value, onChange, hint, error, unit, lines, beside, ...rest }: Props) {
  return (
    <Base.Root invalid={error !== undefined} className="flex flex-col gap-1.5">
      <Base.Label className="font-medium text-small">{label}</Base.Label>
      <div className="flex items-center gap-2">
        <Base.Control
          {...rest}
          value={value}
          onValueChange={onChange}
          className={classes(control, lines ? "resize-y py-2" : "h-9")}
          {...(lines ? { render: <textarea rows={lines} /> } : {})}
        />
        {unit && <span className="text-small text-soft">{unit}</span>}
        {beside}
      </div>
      {hint && <Base.Description className="text-small text-soft">{hint}</Base.Description>}
      <Base.Error match={error !== undefined} role="alert" className="text-danger text-small">
        {error}
      </Base.Error>
    </Base.Root>
  );
}
