import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorState } from "../../components/ErrorState";
import { Section } from "../../components/Section";
import { Skeleton } from "../../components/Skeleton";
import { useHost } from "../../host/context";
import { knowledgeQuery } from "../../host/queries";
import { texts } from "../../texts";
import { Contacts } from "./Contacts";
import { Patterns } from "./Patterns";
import { StyleCard } from "./StyleCard";
import { Tiles } from "./Tiles";

const t = texts.knowledge;

type Props = { accountId: number; learning: boolean; empty: ReactNode };

export function AccountKnowledge({ accountId, learning, empty }: Props) {
  const knowledge = useQuery(knowledgeQuery(useHost(), accountId, learning));
  if (knowledge.isPending) return <Skeleton blocks={["tile", "panel", "panel"]} />;
  if (!knowledge.data) return <ErrorState error={knowledge.error} onRetry={() => void knowledge.refetch()} />;
  if (knowledge.data.messages === 0) return empty;
  const { style, topPatterns, topContacts } = knowledge.data;
  return (
    <>
      <Tiles knowledge={knowledge.data} />
      {style ? (
        <StyleCard style={style} />
      ) : (
        <Section title={t.style}>
          <p className="text-soft">{t.noStyle}</p>
        </Section>
      )}
      <Section title={t.patterns} hint={t.patternsHint}>
        <Patterns patterns={topPatterns} />
      </Section>
      <Section title={t.contacts} hint={t.contactsHint}>
        <Contacts contacts={topContacts} />
      </Section>
    </>
  );
}
