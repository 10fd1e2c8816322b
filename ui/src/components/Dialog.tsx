import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { texts } from "../texts";
import { buttonLook } from "./Button";

type Props = { title: string; open: boolean; onClose: () => void; children: ReactNode; footer?: ReactNode };

export function Dialog({ title, open, onClose, children, footer }: Props) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 animate-late bg-shade [animation-delay:0ms]" />
        <Base.Popup className="fixed top-1/2 left-1/2 flex max-h-[80vh] w-[min(44rem,calc(100vw-3rem))] -translate-1/2 flex-col rounded-card border border-line bg-surface shadow-float">
          <div className="flex items-start justify-between gap-4 border-line border-b px-6 py-4">
            <Base.Title className="min-w-0 truncate font-semibold text-title tracking-tight">
              {title}
            </Base.Title>
            <Base.Close
              className={`${buttonLook("quiet")} -my-1 -mr-3 px-2!`}
              aria-label={texts.common.close}
            >
              <X aria-hidden className="size-4.5" />
            </Base.Close>
          </div>
          <div className="overflow-y-auto px-6 py-4">{children}</div>
          <div className="border-line border-t px-6 py-4 empty:hidden">{footer}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
