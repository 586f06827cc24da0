import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/dinding/",
  build: {
    // Every asset is a file of its own: the page's policy allows no data: addresses.
    assetsInlineLimit: 0,
    // The wall runs in the Chromium of a panel's mini-PC; Debian 12's is far newer than this.
    target: "es2022",
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  // For work on the page itself: `npm run dev` beside a running `pantau demo`.
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
  test: { include: ["tests/**/*.test.ts"] },
});
