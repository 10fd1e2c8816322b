import type { ReactNode } from "react";

type Props = { label?: string; labelledBy?: string; children: ReactNode };

export function Card({ label, labelledBy, children }: Props) {
  return (
    <section
      aria-label={label}
      aria-labelledby={labelledBy}
      className="rounded-card border border-line bg-surface p-6 shadow-lift"
    >
      {children}
    </section>
  );
}
