import { Disclosure } from "../../components/Disclosure";
import type { JobSnapshot } from "../../host/host";
import { texts } from "../../texts";
import { FailureList } from "./FailureList";
import { RetryFailed } from "./RetryFailed";

/** The failures of a job, asked for only when the owner wants to see them. */
export function Failures({ job }: { job: JobSnapshot }) {
  if (job.failedEmails === 0) return null;
  return (
    <div className="mt-5 border-line border-t pt-4">
      <Disclosure title={<span className="font-medium">{texts.failures.show(job.failedEmails)}</span>}>
        <div className="max-h-80 overflow-y-auto pt-2 pl-6.5">
          <FailureList job={job} />
        </div>
        <div className="pt-4 pl-6.5 empty:hidden">
          <RetryFailed job={job} />
        </div>
      </Disclosure>
    </div>
  );
}
