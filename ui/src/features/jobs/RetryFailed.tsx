import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { Button } from "../../components/Button";
import { ErrorState } from "../../components/ErrorState";
import { useHost, useJobs } from "../../host/context";
import type { JobSnapshot } from "../../host/host";
import { isOver } from "../../host/jobs";
import { takeAnswer } from "../../host/progress";
import { texts } from "../../texts";

const t = texts.failures;

function useRetry(job: JobSnapshot) {
  const host = useHost();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => host.retryJob(job.id),
    onSuccess: (answer) => takeAnswer(client, answer),
  });
}

type Props = { job: JobSnapshot; onStarted?: () => void };

/** The way to try the failed mails of an ended job again. A mailbox has one job at a time. */
export function RetryFailed({ job, onStarted }: Props) {
  const retry = useRetry(job);
  const busy = useJobs()?.some((other) => other.accountId === job.accountId && !isOver(other.status));
  if (!isOver(job.status) || job.failedEmails === 0) return null;
  return (
    <div className="flex flex-col items-start gap-4">
      {retry.isError && <ErrorState error={retry.error} />}
      {busy && !retry.isPending ? (
        <p className="text-soft">{t.retryLater}</p>
      ) : (
        <Button
          busy={retry.isPending}
          onClick={() => retry.mutate(undefined, { onSuccess: () => onStarted?.() })}
        >
          <RotateCw aria-hidden className="size-4" />
          {retry.isPending ? t.retrying : t.retry}
        </Button>
      )}
    </div>
  );
}
