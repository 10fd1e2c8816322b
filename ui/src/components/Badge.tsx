import type { LucideIcon } from "lucide-react";
import { classes } from "./classes";

export type Tone = "neutral" | "accent" | "caution" | "danger";

const tones: Record<Tone, string> = {
  neutral: "bg-sunken text-soft",
  accent: "bg-accent-soft text-accent",
  caution: "bg-caution-soft text-caution",
  danger: "bg-danger-soft text-danger",
};

type Props = { tone?: Tone; icon?: LucideIcon; title?: string; children: string };

export function Badge({ tone = "neutral", icon: Icon, title, children }: Props) {
  return (
    <span
      title={title}
      className={classes(
        "inline-flex shrink-0 align-middle items-center gap-1.5 whitespace-nowrap rounded-small px-2 py-0.5 font-medium text-tiny tabular-nums",
        tones[tone],
      )}
    >
      {Icon && <Icon aria-hidden className="size-3.5" />}
      {children}
    </span>
  );
}
