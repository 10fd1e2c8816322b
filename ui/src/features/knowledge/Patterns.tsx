import { ShieldCheck } from "lucide-react";
import { Badge } from "../../components/Badge";
import { Disclosure } from "../../components/Disclosure";
import type { Pattern } from "../../host/host";
import { formatDay, texts } from "../../texts";

const t = texts.knowledge;

/** A confidence of nothing is not a low one: it was never put to the test. */
function Confidence({ confidence }: { confidence: number }) {
  if (confidence <= 0) return <Badge title={t.unprovenHint}>{t.unproven}</Badge>;
  return (
    <Badge tone="accent" icon={ShieldCheck} title={t.provenHint}>
      {t.proven(confidence)}
    </Badge>
  );
}

function Question({ pattern }: { pattern: Pattern }) {
  return (
    <span className="flex items-start justify-between gap-4">
      <span className="min-w-0">
        <span dir="auto" className="line-clamp-2 break-words font-medium">
          {pattern.question}
        </span>
        <span className="block text-small text-soft tabular-nums">
          {t.answered(pattern.times)}, {t.last(formatDay(pattern.lastAnswered))}
        </span>
      </span>
      <Confidence confidence={pattern.confidence} />
    </span>
  );
}

export function Patterns({ patterns }: { patterns: readonly Pattern[] }) {
  if (patterns.length === 0) return <p className="text-soft">{t.noPatterns}</p>;
  return (
    <ul className="-my-2 divide-y divide-line">
      {patterns.map((pattern) => (
        <li key={pattern.id} className="py-2">
          <Disclosure title={<Question pattern={pattern} />}>
            <div className="mt-1 mb-2 ml-6.5 rounded-control bg-sunken px-4 py-3">
              <h3 className="font-medium text-small text-soft">{t.answer}</h3>
              <p
                dir="auto"
                className="mt-1 max-h-72 max-w-prose overflow-y-auto whitespace-pre-wrap break-words"
              >
                {pattern.answer}
              </p>
            </div>
          </Disclosure>
        </li>
      ))}
    </ul>
  );
}
