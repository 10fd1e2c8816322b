import { classes } from "../../components/classes";
import type { Account } from "../../host/host";
import { hrefs } from "../../route";
import { texts } from "../../texts";

export function AccountTabs({ accounts, chosenId }: { accounts: readonly Account[]; chosenId: number }) {
  return (
    <nav aria-label={texts.knowledge.accounts}>
      <ul className="flex flex-wrap gap-2">
        {accounts.map((account) => (
          <li key={account.id} className="min-w-0 max-w-64">
            <a
              href={hrefs.knowledge(account.id)}
              aria-current={account.id === chosenId ? "page" : undefined}
              className={classes(
                "block truncate rounded-control border px-3 py-1.5 transition-colors duration-100",
                account.id === chosenId
                  ? "border-accent bg-accent-soft font-medium text-accent"
                  : "border-line text-soft hover:bg-hover hover:text-ink",
              )}
            >
              <bdi>{account.name}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
