import { BookOpenText } from "lucide-react";
import { buttonLook } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { Page } from "../../components/Page";
import { Skeleton } from "../../components/Skeleton";
import { useJobs, useOverview } from "../../host/context";
import { hrefs } from "../../route";
import { texts } from "../../texts";
import { AccountKnowledge } from "./AccountKnowledge";
import { AccountTabs } from "./AccountTabs";

const t = texts.knowledge;

function Content({ accountId }: { accountId: number | null }) {
  const overview = useOverview();
  const jobs = useJobs();
  if (!overview.data || !jobs) {
    if (!overview.isError) return <Skeleton blocks={["tile", "panel"]} />;
    return <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />;
  }
  const { accounts } = overview.data;
  const chosen = accounts.find((account) => account.id === accountId) ?? accounts[0];
  if (!chosen) return <NothingLearned />;
  const learning = jobs.some((job) => job.accountId === chosen.id && job.status === "processing");
  return (
    <div className="flex flex-col gap-5">
      {accounts.length > 1 && <AccountTabs accounts={accounts} chosenId={chosen.id} />}
      {learning && <p className="text-soft">{t.whileLearning}</p>}
      <AccountKnowledge accountId={chosen.id} learning={learning} empty={<NothingLearned />} />
    </div>
  );
}

function NothingLearned() {
  const action = (
    <a href={hrefs.learning} className={buttonLook("primary")}>
      {t.emptyAction}
    </a>
  );
  return <EmptyState icon={BookOpenText} title={t.emptyTitle} text={t.emptyText} action={action} />;
}

export function KnowledgePage({ accountId }: { accountId: number | null }) {
  return (
    <Page title={t.title}>
      <Content accountId={accountId} />
    </Page>
  );
}
