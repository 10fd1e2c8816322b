import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import type { Host } from "./host/host";
import { createQueryClient } from "./host/queries";
import { language } from "./texts";
import "./styles/main.css";

async function openHost(): Promise<Host> {
  // Both names are known when the app is built, so the fake host is no part of what is shipped.
  if ((import.meta.env.DEV || import.meta.env.MODE === "fake") && !("__TAURI_INTERNALS__" in window)) {
    const { hostForBrowser } = await import("./host/fake-browser");
    return hostForBrowser(new URLSearchParams(window.location.search));
  }
  const { tauriHost } = await import("./host/tauri");
  return tauriHost;
}

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root element");

document.documentElement.lang = language;
const host = await openHost();
createRoot(root).render(
  <StrictMode>
    <App host={host} client={createQueryClient()} />
  </StrictMode>,
);
