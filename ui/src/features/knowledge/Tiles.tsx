import type { Knowledge } from "../../host/host";
import { texts } from "../../texts";

const order = ["messages", "pairs", "patterns", "contacts"] as const;

export function Tiles({ knowledge }: { knowledge: Knowledge }) {
  return (
    <dl className="grid grid-cols-4 gap-4">
      {order.map((name) => (
        <div
          key={name}
          className="flex flex-col justify-between rounded-card border border-line bg-surface px-5 py-4 shadow-lift"
        >
          <dt className="text-small text-soft">{texts.knowledge.tiles[name]}</dt>
          <dd className="mt-1 font-semibold text-figure tabular-nums tracking-tight">
            {texts.common.number(knowledge[name])}
          </dd>
        </div>
      ))}
    </dl>
  );
}
