import { Collapsible } from "@base-ui/react/collapsible";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

type Props = {
  title: ReactNode;
  children: ReactNode;
  open?: boolean | undefined;
  onOpenChange?: (open: boolean) => void;
};

/** A line that opens to show more. What is inside is mounted only while it is open. */
export function Disclosure({ title, children, open, onOpenChange }: Props) {
  return (
    <Collapsible.Root {...(open === undefined ? {} : { open })} onOpenChange={(next) => onOpenChange?.(next)}>
      <Collapsible.Trigger className="group flex w-full cursor-pointer items-start gap-2 rounded-control py-1 text-left">
        <ChevronRight
          aria-hidden
          className="mt-0.5 size-4.5 shrink-0 text-soft transition-transform duration-150 ease-calm group-data-panel-open:rotate-90"
        />
        <span className="min-w-0 flex-1">{title}</span>
      </Collapsible.Trigger>
      <Collapsible.Panel className="h-(--collapsible-panel-height) overflow-hidden transition-[height] duration-150 ease-calm data-ending-style:h-0 data-starting-style:h-0">
        {children}
      </Collapsible.Panel>
    </Collapsible.Root>
  );
}
