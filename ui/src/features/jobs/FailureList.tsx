import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "../../components/ErrorState";
import { Skeleton } from "../../components/Skeleton";
import { useHost } from "../../host/context";
import type { JobSnapshot } from "../../host/host";
import { failuresQuery } from "../../host/queries";
import { texts } from "../../texts";

const t = texts.failures;
const shown = 200;

/** The mails of a job that could not be read: where each stands, and what was said of it. */
export function FailureList({ job }: { job: JobSnapshot }) {
  const failures = useQuery(failuresQuery(useHost(), job.id, job.status === "processing"));

  if (failures.isPending) return <Skeleton blocks={["row", "row"]} />;
  if (failures.isError) return <ErrorState error={failures.error} onRetry={() => void failures.refetch()} />;
  if (failures.data.length === 0) return <p className="text-soft">{t.none}</p>;
  const more = failures.data.length - shown;
  return (
    <>
      <ul className="divide-y divide-line">
        {failures.data.slice(0, shown).map((failure, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a place may fail twice, and the list only grows
          <li key={index} className="py-3 first:pt-1">
            <div className="flex items-baseline justify-between gap-4">
              <p className="min-w-0 truncate font-medium" title={failure.place}>
                <bdi>{failure.place}</bdi>
              </p>
              <p className="shrink-0 text-danger text-small">{t.kinds[failure.kind]}</p>
            </div>
            <p className="mt-0.5 line-clamp-2 break-words text-small text-soft">
              <bdi>{failure.said}</bdi>
            </p>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="pt-3 text-soft">{t.more(more)}</p>}
    </>
  );
}
