import { Checkbox as Base } from "@base-ui/react/checkbox";
import { Check } from "lucide-react";
import { type ReactNode, useId } from "react";

type Props = {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: ReactNode;
  hint: string;
};

/** A row that can be ticked anywhere in it. */
export function CheckboxRow({ checked, onChange, label, hint }: Props) {
  const id = useId();
  return (
    <div className="relative flex items-start gap-3 px-4 py-3 hover:bg-hover">
      <Base.Root
        checked={checked}
        onCheckedChange={onChange}
        aria-labelledby={`${id}label`}
        aria-describedby={`${id}hint`}
        className="mt-0.5 flex size-4.5 shrink-0 cursor-pointer items-center justify-center rounded-small border border-line-strong bg-surface after:absolute after:inset-0 data-checked:border-accent data-checked:bg-accent"
      >
        <Base.Indicator className="text-on-accent">
          <Check aria-hidden className="size-3.5" strokeWidth={3} />
        </Base.Indicator>
      </Base.Root>
      <span className="min-w-0">
        <span id={`${id}label`} className="block truncate font-medium">
          {label}
        </span>
        <span id={`${id}hint`} className="block text-small text-soft tabular-nums">
          {hint}
        </span>
      </span>
    </div>
  );
}
