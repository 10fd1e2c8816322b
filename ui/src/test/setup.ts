import "@testing-library/jest-dom/vitest";
import { notifyManager } from "@tanstack/react-query";
import { cleanup, configure } from "@testing-library/react";
import { toast } from "sonner";
import { afterEach } from "vitest";

// What the cache learns is on the screen when the act that caused it is over, not a timer later.
notifyManager.setScheduler(queueMicrotask);

configure({ reactStrictMode: true });

afterEach(() => {
  cleanup();
  toast.dismiss();
  localStorage.clear();
  window.location.hash = "";
});
