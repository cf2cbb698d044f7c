import { fileURLToPath } from "node:url";
import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env["SPARKY_URL"] || "http://127.0.0.1:8000";

export default defineConfig({
  root: fileURLToPath(new URL("web", import.meta.url)),
  plugins: [react(), tailwind()],
  worker: { format: "es" },
  build: { outDir: "../dist/web", emptyOutDir: true, target: "es2023", sourcemap: false, assetsInlineLimit: 0 },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": { target: server },
      "/health": { target: server },
      "/login": { target: server },
      "/invite": { target: server },
      "/ws": { target: server, ws: true },
    },
  },
});
