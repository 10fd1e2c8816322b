import type { Share } from "../../host/host";
import { formatPercent } from "../../texts";

type Props = {
  title: string;
  shares: readonly Share[];
  of: number;
  none: string;
  name?: (text: string) => string;
};

/** What is used how often: the commonest few, each with its part of the whole. */
export function Shares({ title, shares, of, none, name = (text) => text }: Props) {
  const top = shares.slice(0, 5);
  return (
    <div className="min-w-0">
      <h3 className="font-medium text-small text-soft">{title}</h3>
      {top.length === 0 && <p className="mt-2 text-soft">{none}</p>}
      <ul className="mt-2 flex flex-col gap-2.5">
        {top.map(({ text, count }) => {
          const share = of > 0 ? Math.min(1, count / of) : 0;
          return (
            <li key={text}>
              <span className="flex items-baseline justify-between gap-3">
                <span dir="auto" className="min-w-0 truncate" title={text}>
                  {name(text)}
                </span>
                <span className="shrink-0 text-small text-soft tabular-nums">{formatPercent(share)}</span>
              </span>
              <span aria-hidden className="mt-1 block h-1 overflow-hidden rounded-small bg-sunken">
                <span className="block h-full rounded-small bg-accent" style={{ width: `${share * 100}%` }} />
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
