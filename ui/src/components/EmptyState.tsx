import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

type Props = { icon: LucideIcon; title: string; text: string; action?: ReactNode };

export function EmptyState({ icon: Icon, title, text, action }: Props) {
  return (
    <div className="flex flex-col items-center rounded-card border border-line border-dashed px-8 py-16 text-center">
      <Icon aria-hidden className="size-8 text-soft" strokeWidth={1.5} />
      <h2 className="mt-4 font-semibold text-title tracking-tight">{title}</h2>
      <p className="mt-1 max-w-md text-pretty text-soft">{text}</p>
      {action && <div className="mt-6">{action}</div>}
    </div>
  );
}
