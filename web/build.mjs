// Copies the browser libraries out of node_modules into the centre's static folder, each with its
// licence, and writes `.built` with their versions last, so that an interrupted copy is not taken
// for a finished one.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, "..", "src", "sergek", "centre", "static", "vendor");
const wanted = {
  // One file: htmx begins by itself, and would begin without an extension that comes a moment later.
  "htmx.org": { "dist/htmx.min.js dist/ext/hx-sse.min.js": "htmx.js", LICENSE: "htmx.LICENSE" },
  "maplibre-gl": {
    "dist/maplibre-gl.mjs": "maplibre-gl.mjs",
    "dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
    "dist/maplibre-gl.css": "maplibre-gl.css",
    "LICENSE.txt": "maplibre-gl.LICENSE",
  },
};

rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor, { recursive: true });
const versions = [];
for (const [name, files] of Object.entries(wanted)) {
  const root = join(here, "node_modules", name);
  for (const [from, to] of Object.entries(files)) {
    const parts = from.split(" ").map((part) => readFileSync(join(root, part)));
    writeFileSync(join(vendor, to), Buffer.concat(parts.flatMap((part) => [part, Buffer.from("\n")])));
  }
  versions.push(`${name} ${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version}`);
}
writeFileSync(join(vendor, ".built"), versions.join("\n") + "\n");
console.log(`built: ${versions.join(", ")}`);
