import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useHost } from "../../host/context";
import type { Host, JobSnapshot } from "../../host/host";
import { takeAnswer } from "../../host/progress";
import { keys } from "../../host/queries";

export type Steer = "pause" | "resume" | "stop";

const commands: Record<Steer, (host: Host, id: string) => Promise<JobSnapshot>> = {
  pause: (host, id) => host.pauseJob(id),
  resume: (host, id) => host.resumeJob(id),
  stop: (host, id) => host.cancelJob(id),
};

/** What the owner wants of a job that is not over. The host answers once the job obeys. */
export function useSteer(job: JobSnapshot) {
  const host = useHost();
  const client = useQueryClient();
  const steer = useMutation({
    mutationKey: keys.steering(job.id),
    mutationFn: ({ wish }: { wish: Steer; seen: JobSnapshot["status"] }) => commands[wish](host, job.id),
    onSuccess: (answer, { seen }) => takeAnswer(client, answer, seen),
  });
  return {
    underWay: steer.isPending ? steer.variables.wish : null,
    error: steer.error,
    want: (wish: Steer) => steer.mutate({ wish, seen: job.status }),
  };
}
