import { texts } from "../texts";

type Props = { blocks: readonly ("line" | "row" | "tile" | "panel")[] };

const heights = { line: "h-5 w-1/3", row: "h-12", tile: "h-24", panel: "h-56" } as const;

/** The shape of what is on its way. It shows only after 200 ms: what is quick needs no stand-in. */
export function Skeleton({ blocks }: Props) {
  return (
    <div role="status" aria-label={texts.common.loading} className="flex animate-late flex-col gap-4">
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks never move
        <div key={index} className={`rounded-card bg-sunken ring-1 ring-line ring-inset ${heights[block]}`} />
      ))}
    </div>
  );
}
