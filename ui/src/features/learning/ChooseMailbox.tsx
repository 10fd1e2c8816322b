import { useMutation } from "@tanstack/react-query";
import { ChevronRight, FileText, FlaskConical, FolderOpen, type LucideIcon } from "lucide-react";
import { ErrorState } from "../../components/ErrorState";
import { useHost } from "../../host/context";
import type { Mailbox } from "../../host/host";
import { texts } from "../../texts";

const t = texts.choose;

type ChoiceProps = { icon: LucideIcon; title: string; hint: string; onChoose: () => void };

function Choice({ icon: Icon, title, hint, onChoose }: ChoiceProps) {
  return (
    <li>
      <button
        type="button"
        onClick={onChoose}
        className="group flex w-full cursor-pointer items-center gap-4 px-5 py-4 text-left transition-colors duration-100 hover:bg-hover focus-visible:-outline-offset-2"
      >
        <Icon aria-hidden className="size-5 shrink-0 text-accent" strokeWidth={1.75} />
        <span className="min-w-0 flex-1">
          <span className="block font-medium">{title}</span>
          <span className="block text-small text-soft">{hint}</span>
        </span>
        <ChevronRight
          aria-hidden
          className="size-4.5 shrink-0 text-soft transition-transform duration-150 ease-calm group-hover:translate-x-0.5"
        />
      </button>
    </li>
  );
}

type Props = { label: string; withSample: boolean; onChosen: (mailbox: Mailbox) => void };

export function ChooseMailbox({ label, withSample, onChosen }: Props) {
  const host = useHost();
  const dialog = useMutation({
    mutationFn: (open: () => Promise<string | null>) => open(),
    onSuccess: (path) => {
      if (path !== null) onChosen({ type: "path", path });
    },
  });
  const ask = (open: () => Promise<string | null>) => {
    if (!dialog.isPending) dialog.mutate(open);
  };

  return (
    <>
      <ul
        aria-label={label}
        className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface shadow-lift"
      >
        <Choice
          icon={FileText}
          title={t.file}
          hint={t.fileHint}
          onChoose={() => ask(() => host.chooseFile())}
        />
        <Choice
          icon={FolderOpen}
          title={t.folder}
          hint={t.folderHint}
          onChoose={() => ask(() => host.chooseFolder())}
        />
        {withSample && (
          <Choice
            icon={FlaskConical}
            title={t.sample}
            hint={t.sampleHint}
            onChoose={() => onChosen({ type: "sample" })}
          />
        )}
      </ul>
      {dialog.isError && (
        <div className="mt-4">
          <ErrorState error={dialog.error} />
        </div>
      )}
    </>
  );
}
