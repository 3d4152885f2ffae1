import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/grid.css";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { ApiError } from "./api/client";
import { App } from "./app";
import { applyTheme, initialTheme } from "./theme";

applyTheme(initialTheme());

const client = new QueryClient({
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
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
