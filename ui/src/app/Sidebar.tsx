import { BookOpenText, GraduationCap, History, type LucideIcon, ShieldCheck } from "lucide-react";
import { classes } from "../components/classes";
import { Mark } from "../components/Mark";
import { useJobs, useOverview } from "../host/context";
import { percentDone } from "../host/jobs";
import { hrefs, type Route } from "../route";
import { texts } from "../texts";

const t = texts.nav;

const pages: { page: Route["page"]; href: string; label: string; icon: LucideIcon }[] = [
  { page: "learning", href: hrefs.learning, label: t.learning, icon: GraduationCap },
  { page: "knowledge", href: hrefs.knowledge(), label: t.knowledge, icon: BookOpenText },
  { page: "jobs", href: hrefs.jobs, label: t.jobs, icon: History },
];

export function Sidebar({ page }: { page: Route["page"] }) {
  const active = useJobs()?.find((job) => job.status === "processing");
  const percent = active ? percentDone(active) : null;
  const version = useOverview().data?.version;

  return (
    <header className="flex w-24 shrink-0 flex-col px-3 py-6 wide:w-58 wide:px-4">
      <div className="flex items-center gap-2.5 px-1 max-wide:justify-center wide:px-2.5">
        <Mark />
        <span className="font-semibold text-lead tracking-tight max-wide:sr-only">{texts.product}</span>
      </div>
      <nav aria-label={t.label} className="mt-8">
        <ul className="flex flex-col gap-1">
          {pages.map(({ page: name, href, label, icon: Icon }) => (
            <li key={name}>
              <a
                href={href}
                aria-current={name === page ? "page" : undefined}
                className={classes(
                  "flex items-center gap-1 rounded-control px-2.5 py-2 transition-colors duration-100 max-wide:flex-col max-wide:px-1 max-wide:text-tiny wide:gap-3",
                  name === page
                    ? "bg-accent-soft font-medium text-accent"
                    : "text-soft hover:bg-hover hover:text-ink",
                )}
              >
                <Icon aria-hidden className="size-4.5 shrink-0" strokeWidth={1.75} />
                <span>{label}</span>
                {name === "learning" && percent !== null && (
                  <span className="text-tiny tabular-nums wide:ml-auto">{texts.common.percent(percent)}</span>
                )}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="mt-auto px-2.5 text-soft text-tiny max-wide:hidden">
        <p className="flex items-start gap-2">
          <ShieldCheck aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
          {t.private}
        </p>
        {version && <p className="mt-2 pl-6">{t.version(version)}</p>}
      </div>
    </header>
  );
}
