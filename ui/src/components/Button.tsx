import type { ComponentProps } from "react";
import { classes } from "./classes";

type Look = "primary" | "secondary" | "quiet" | "danger";

const looks: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "border border-edge bg-surface text-ink shadow-lift hover:bg-hover",
  quiet: "text-soft hover:bg-hover hover:text-ink",
  danger: "border border-edge bg-surface text-danger shadow-lift hover:bg-danger-soft",
};

export const buttonLook = (look: Look): string =>
  classes(
    "inline-flex h-9 shrink-0 cursor-pointer items-center justify-center gap-2 whitespace-nowrap rounded-control px-4",
    "font-medium text-body transition-colors duration-100 active:translate-y-px",
    "aria-disabled:cursor-default aria-disabled:opacity-60 aria-disabled:active:translate-y-0",
    looks[look],
  );

type Props = Omit<ComponentProps<"button">, "className" | "disabled"> & { look?: Look; busy?: boolean };

/** A busy button keeps the focus and says what it is doing, but does nothing more. */
export function Button({ look = "secondary", busy = false, type = "button", onClick, ...rest }: Props) {
  return (
    <button
      {...rest}
      type={busy ? "button" : type}
      aria-disabled={busy || undefined}
      onClick={busy ? undefined : onClick}
      className={buttonLook(look)}
    />
  );
}
