import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "./classes";

const tones = { neutral: "bg-sunken", caution: "bg-caution-soft" };

type Props = { icon: LucideIcon; tone?: keyof typeof tones; children: ReactNode };

/** Something to know, which is no error. */
export function Note({ icon: Icon, tone = "neutral", children }: Props) {
  return (
    <div className={classes("flex gap-3 rounded-card border border-line px-5 py-3", tones[tone])}>
      <Icon
        aria-hidden
        className={classes("mt-0.5 size-4.5 shrink-0", tone === "caution" ? "text-caution" : "text-soft")}
        strokeWidth={1.75}
      />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
