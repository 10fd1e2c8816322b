import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  preview: {
    host: "127.0.0.1",
    // What the app allows its window; a page that needs more shows it here first.
    headers: {
      "Content-Security-Policy":
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; script-src 'self'",
    },
  },
  build: {
    // The oldest web views that Tailwind 4 supports; older than any that Tauri 2 is shipped to.
    target: ["chrome111", "safari16.4"],
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
    // Vitest empties style sheets; the tokens are read by a test of their own.
    css: { include: [/tokens\.css/] },
  },
});
