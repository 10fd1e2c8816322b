import { useQuery } from "@tanstack/react-query";
import { Inbox } from "lucide-react";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { Page } from "../../components/Page";
import { Skeleton } from "../../components/Skeleton";
import { useHost } from "../../host/context";
import type { JobSnapshot, LearnOptions, Mailbox, MailboxReport } from "../../host/host";
import { mailboxQuery } from "../../host/queries";
import { texts } from "../../texts";
import { ConfirmForm } from "./ConfirmForm";

const t = texts.confirm;

type Props = {
  mailbox: Mailbox;
  options: LearnOptions;
  unfinished: JobSnapshot | undefined;
  onBack: () => void;
  onStarted: () => void;
};

const nameOf = (mailbox: Mailbox) =>
  mailbox.type === "sample" ? t.sampleName : (mailbox.path.split(/[\\/]/).findLast(Boolean) ?? mailbox.path);

function Found({ mailbox, report }: { mailbox: Mailbox; report: MailboxReport }) {
  const many = report.folders > 1 ? t.found(report.mails, report.folders) : t.mails(report.mails);
  return (
    <span className="flex flex-col tabular-nums">
      {many} · {t.kinds[report.kind]}
      {mailbox.type === "path" && (
        <bdi className="truncate text-small" title={report.path}>
          {report.path}
        </bdi>
      )}
    </span>
  );
}

/** The step between a chosen mailbox and the job: what was found, who the owner is, and what to leave out. */
export function ConfirmMailbox({ mailbox, options, unfinished, onBack, onStarted }: Props) {
  const inspection = useQuery(mailboxQuery(useHost(), mailbox));
  const report = inspection.data;
  const another = <Button onClick={onBack}>{t.chooseAnother}</Button>;

  return (
    <Page
      title={`${t.title} ${nameOf(mailbox)}`}
      heading={
        <>
          {t.title} <bdi>{report?.name ?? nameOf(mailbox)}</bdi>
        </>
      }
      lead={report ? <Found mailbox={mailbox} report={report} /> : t.inspecting}
    >
      {inspection.isPending && <Skeleton blocks={["panel", "row"]} />}
      {inspection.isError && (
        <ErrorState error={inspection.error} onRetry={() => void inspection.refetch()} actions={another} />
      )}
      {report?.mails === 0 && <EmptyState icon={Inbox} title={t.empty} text={t.emptyHint} action={another} />}
      {report && report.mails > 0 && (
        <ConfirmForm
          mailbox={mailbox}
          report={report}
          options={options}
          unfinished={unfinished}
          onBack={onBack}
          onStarted={onStarted}
        />
      )}
    </Page>
  );
}
