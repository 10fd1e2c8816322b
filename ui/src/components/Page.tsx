import type { ReactNode } from "react";
import { texts } from "../texts";

type Props = {
  title: string;
  heading?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
};

/** A page: its title in the window's title bar, one h1, and its content. */
export function Page({ title, heading, lead, actions, children }: Props) {
  return (
    <div className="mx-auto w-full max-w-4xl animate-enter px-6 pt-10 pb-16 wide:px-8">
      <title>{texts.pageTitle(title)}</title>
      <header className="mb-8 flex items-end justify-between gap-6">
        <div className="min-w-0">
          <h1 className="line-clamp-2 break-words font-semibold text-page tracking-tight">
            {heading ?? title}
          </h1>
          {lead && <p className="mt-1.5 max-w-prose text-soft">{lead}</p>}
        </div>
        {actions}
      </header>
      {children}
    </div>
  );
}
