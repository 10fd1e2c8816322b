import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { HostProvider } from "../host/context";
import type { Host } from "../host/host";
import { Boundary } from "./Boundary";
import { Shell } from "./Shell";
import { Toasts } from "./Toasts";

export function App({ host, client }: { host: Host; client: QueryClient }) {
  return (
    <QueryClientProvider client={client}>
      <HostProvider host={host}>
        <Boundary>
          <Shell />
        </Boundary>
        <Toasts />
      </HostProvider>
    </QueryClientProvider>
  );
}
