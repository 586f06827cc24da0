import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** The folders of the pages are their addresses: `dinding/index.html` answers `/dinding/…`. */
const PAGES = ["dinding", "meja"];

/** While developing, a page's own sub-paths are its page, as the API serves them. */
function subPaths(): Plugin {
  return {
    name: "sub-paths",
    configureServer(server) {
      server.middlewares.use((request: { url?: string }, _response, next) => {
        const page = PAGES.find((name) => request.url?.startsWith(`/${name}/`));
        const path = request.url?.split("?")[0] ?? "";
        if (page !== undefined && !path.includes(".")) request.url = `/${page}/index.html`;
        next();
      });
    },
  };
}

export default defineConfig({
  base: "/",
  plugins: [subPaths()],
  build: {
    // Every asset is a file of its own: the pages' policy allows no data: addresses.
    assetsInlineLimit: 0,
    // The wall runs in the Chromium of a panel's mini-PC; Debian 12's is far newer than this.
    target: "es2022",
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: {
      input: {
        ...Object.fromEntries(PAGES.map((name) => [name, `${name}/index.html`])),
        sw: "src/wall/worker.ts",
      },
      // A service worker keeps its address for ever, and sees only what lies below it.
      output: {
        entryFileNames: ({ name }) =>
          name === "sw" ? "dinding/sw.js" : "assets/[name]-[hash].js",
      },
    },
  },
  // For work on the pages themselves: `npm run dev` beside a running `pantau demo`.
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
  test: { include: ["tests/**/*.test.ts"] },
});
