import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { HostError } from "../host/host";
import { texts } from "../texts";
import { Button } from "./Button";

type Props = { error: unknown; onRetry?: () => void; actions?: ReactNode };

/** What went wrong, what to do about it, and what the host said. */
export function ErrorState({ error, onRetry, actions }: Props) {
  const { code, message } = HostError.from(error);
  return (
    <div role="alert" className="flex gap-3 rounded-card border border-line bg-danger-soft px-5 py-4">
      <CircleAlert aria-hidden className="mt-0.5 size-4.5 shrink-0 text-danger" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold text-danger">{texts.errors.titles[code]}</p>
        <p className="mt-0.5 text-ink">{texts.errors.advice[code]}</p>
        {message && (
          <p className="mt-1 line-clamp-3 break-words text-small text-soft">
            <bdi>{message}</bdi>
          </p>
        )}
        {(onRetry || actions) && (
          <div className="mt-3 flex gap-2">
            {onRetry && <Button onClick={onRetry}>{texts.common.retry}</Button>}
            {actions}
          </div>
        )}
      </div>
    </div>
  );
}
