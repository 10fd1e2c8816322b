import { History } from "lucide-react";
import { buttonLook } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { Page } from "../../components/Page";
import { Skeleton } from "../../components/Skeleton";
import { useJobs, useOverview } from "../../host/context";
import { hrefs } from "../../route";
import { texts } from "../../texts";
import { JobsTable } from "./JobsTable";

const t = texts.jobs;

function Content() {
  const overview = useOverview();
  const jobs = useJobs();
  if (!jobs) {
    if (!overview.isError) return <Skeleton blocks={["row", "row", "row"]} />;
    return <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />;
  }
  if (jobs.length > 0) return <JobsTable jobs={jobs} />;
  const action = (
    <a href={hrefs.learning} className={buttonLook("primary")}>
      {texts.knowledge.emptyAction}
    </a>
  );
  return <EmptyState icon={History} title={t.emptyTitle} text={t.emptyText} action={action} />;
}

export function JobsPage() {
  return (
    <Page title={t.title} lead={t.lead}>
      <Content />
    </Page>
  );
}
