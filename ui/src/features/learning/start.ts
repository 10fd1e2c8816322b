import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useHost } from "../../host/context";
import type { LearnOptions, Mailbox } from "../../host/host";
import { takeAnswer } from "../../host/progress";
import { keys } from "../../host/queries";

export type LearnRequest = { mailbox: Mailbox; me: string[]; options: LearnOptions };

export function useStartLearning() {
  const host = useHost();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ mailbox, me, options }: LearnRequest) => host.startLearning(mailbox, me, options),
    onSuccess: (job) => {
      takeAnswer(client, job);
      return client.invalidateQueries({ queryKey: keys.overview });
    },
  });
}
