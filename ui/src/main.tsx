import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import type { Host } from "./host/host";
import { createQueryClient } from "./host/queries";
import { tauriHost } from "./host/tauri";
import { language } from "./texts";
import "./styles/main.css";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root element");
const page = createRoot(root);

function open(host: Host) {
  page.render(
    <StrictMode>
      <App host={host} client={createQueryClient()} />
    </StrictMode>,
  );
}

document.documentElement.lang = language;
// Both names are known when the app is built, so the fake host is no part of what is shipped.
if ((import.meta.env.DEV || import.meta.env.MODE === "fake") && !("__TAURI_INTERNALS__" in window)) {
  void import("./host/fake-browser").then(({ hostForBrowser }) =>
    open(hostForBrowser(new URLSearchParams(window.location.search))),
  );
} else {
  open(tauriHost);
}
