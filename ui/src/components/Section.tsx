import { type ReactNode, useId } from "react";
import { Card } from "./Card";

type Props = { title: string; hint?: string; children: ReactNode };

/** A titled card. */
export function Section({ title, hint, children }: Props) {
  const id = useId();
  return (
    <Card labelledBy={id}>
      <h2 id={id} className="font-semibold text-title tracking-tight">
        {title}
      </h2>
      {hint && <p className="mt-0.5 text-small text-soft">{hint}</p>}
      <div className="mt-5">{children}</div>
    </Card>
  );
}
