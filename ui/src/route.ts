import { useSyncExternalStore } from "react";

export type Route = { page: "learning" } | { page: "knowledge"; accountId: number | null } | { page: "jobs" };

export const hrefs = {
  learning: "#/learning",
  knowledge: (accountId?: number) => (accountId === undefined ? "#/knowledge" : `#/knowledge/${accountId}`),
  jobs: "#/jobs",
};

export function parseRoute(hash: string): Route {
  const [page, rest] = hash.replace(/^#\/?/, "").split("/");
  if (page === "jobs") return { page };
  if (page === "knowledge") return { page, accountId: rest && /^\d+$/.test(rest) ? Number(rest) : null };
  return { page: "learning" };
}

const listen = (changed: () => void) => {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
};

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(listen, () => window.location.hash));
}
