import { Check, CircleAlert, CircleStop, TriangleAlert } from "lucide-react";
import type { CSSProperties } from "react";
import { Toaster } from "sonner";
import { useJobToasts } from "../features/jobs/toasts";
import { texts } from "../texts";

const icons = {
  success: <Check aria-hidden className="size-4.5 text-accent" />,
  info: <CircleStop aria-hidden className="size-4.5 text-soft" />,
  warning: <TriangleAlert aria-hidden className="size-4.5 text-caution" />,
  error: <CircleAlert aria-hidden className="size-4.5 text-danger" />,
};

/** Sonner's own colours are never seen: a toast is a card like any other, in both themes. */
const look = {
  "--normal-bg": "var(--surface)",
  "--normal-border": "var(--line)",
  "--normal-text": "var(--ink)",
  "--border-radius": "var(--radius-card)",
  fontFamily: "inherit",
} as CSSProperties;

export function Toasts() {
  useJobToasts();
  return (
    <Toaster
      position="bottom-right"
      icons={icons}
      style={look}
      containerAriaLabel={texts.toasts.region}
      toastOptions={{ classNames: { description: "text-soft!" } }}
    />
  );
}
