import { CircleAlert } from "lucide-react";
import { texts } from "../texts";
import { Button } from "./Button";

/** A line above a page that itself still works. */
export function ErrorNote({ text, onRetry }: { text: string; onRetry: () => void }) {
  return (
    <div role="alert" className="flex items-center gap-3 border-line border-b bg-caution-soft px-8 py-2">
      <CircleAlert aria-hidden className="size-4.5 shrink-0 text-caution" />
      <p className="flex-1">{text}</p>
      <Button onClick={onRetry}>{texts.common.retry}</Button>
    </div>
  );
}
