// Builds the bundle that is committed in sanb/widgets/static. `node build.mjs OUT` builds elsewhere, for the check in CI.
import { build } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "../sanb/widgets/static");

await build({
  absWorkingDir: here,
  entryPoints: { lab: "src/index.tsx" },
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  // zooming needs no animations of d3's: CSS moves things
  alias: { "d3-transition": "./src/stubs/transition.ts", "d3-interpolate": "./src/stubs/interpolate.ts" },
  logLevel: "warning",
});
await build({
  absWorkingDir: here,
  entryPoints: { lab: "src/styles/lab.css" },
  outdir: out,
  bundle: true,
  minify: true,
  charset: "utf8",
  logLevel: "warning",
});
