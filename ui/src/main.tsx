import { QueryClient, QueryClientProvider, type QueryClientConfig } from "@tanstack/react-query";
import { StrictMode, useMemo } from "react";
import { createRoot } from "react-dom/client";

import { ApiError } from "./api/client";
import { takeOverDownloads } from "./api/downloads";
import { useSession } from "./api/session";
import { App } from "./app";
import { ChartsView } from "./pages/runs";
import { followSettings } from "./settings";
import { applySettings } from "./theme";

followSettings();
applySettings();
takeOverDownloads();

const options: QueryClientConfig = {
  defaultOptions: {
    queries: {
      // What is shown follows the stream of changes (api/live.ts); what was not shown meanwhile is asked anew.
      staleTime: 1000,
      refetchOnWindowFocus: false,
      // What the server refuses stays refused; a server that is away comes back.
      retry: (failures, fault) => fault instanceof ApiError && fault.temporary && failures < 30,
      retryDelay: (failures) => Math.min(1000 * 2 ** failures, 5000),
    },
  },
};

/** The page as one user sees it: nothing that was read for another is left when somebody signs in or out. */
function Page({ user }: { user: string }) {
  const client = useMemo(() => ({ user, queries: new QueryClient(options) }), [user]);
  return (
    <QueryClientProvider client={client.queries}>
      <App />
    </QueryClientProvider>
  );
}

function Root() {
  const user = useSession().credential?.header ?? "";
  return <Page key={user} user={user} />;
}

/** Milliseconds that the page waits for the script of its charts; over slow networks it is shown before. */
const longestWait = 150;

/** Shows the page; one that begins with charts in one piece with them: what is shown twice is laid out and painted twice. */
export async function start(charts: boolean): Promise<void> {
  if (charts) await Promise.race([ChartsView.fetch().catch(() => undefined), new Promise((done) => setTimeout(done, longestWait))]);
  const root = document.getElementById("root");
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <Root />
    </StrictMode>,
  );
}
