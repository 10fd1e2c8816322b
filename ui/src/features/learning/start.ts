import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useHost } from "../../host/context";
import type { LearnOptions, Mailbox } from "../../host/host";
import { keys, type Live } from "../../host/queries";

export type LearnRequest = { mailbox: Mailbox; me: string[]; options: LearnOptions };

export function useStartLearning() {
  const host = useHost();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ mailbox, me, options }: LearnRequest) => host.startLearning(mailbox, me, options),
    onSuccess: (job) => {
      // A frame may have overtaken this answer; then it knows more of the job than the answer does.
      client.setQueryData<Live>(
        keys.live,
        (live) =>
          live && (live.jobs.has(job.id) ? live : { ...live, jobs: new Map([...live.jobs, [job.id, job]]) }),
      );
      return client.invalidateQueries({ queryKey: keys.overview });
    },
  });
}
