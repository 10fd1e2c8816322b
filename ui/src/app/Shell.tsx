import { useRef } from "react";
import { ErrorNote } from "../components/ErrorNote";
import { JobsPage } from "../features/jobs/JobsPage";
import { KnowledgePage } from "../features/knowledge/KnowledgePage";
import { LearningPage } from "../features/learning/LearningPage";
import { useLive } from "../host/context";
import { useRoute } from "../route";
import { texts } from "../texts";
import { Sidebar } from "./Sidebar";

export function Shell() {
  const route = useRoute();
  const live = useLive();
  const main = useRef<HTMLElement>(null);

  return (
    <div className="flex h-full">
      <button
        type="button"
        onClick={() => main.current?.focus()}
        className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:m-3 focus:rounded-control focus:bg-surface focus:px-4 focus:py-2"
      >
        {texts.skipToContent}
      </button>
      <Sidebar page={route.page} />
      <main
        ref={main}
        tabIndex={-1}
        className="min-w-0 flex-1 overflow-y-auto border-line border-l bg-canvas outline-none"
      >
        {live.error && <ErrorNote text={texts.common.liveLost} onRetry={live.ask} />}
        {route.page === "learning" && <LearningPage />}
        {route.page === "knowledge" && <KnowledgePage accountId={route.accountId} />}
        {route.page === "jobs" && <JobsPage />}
      </main>
    </div>
  );
}
