// Answers queries with MiniSearch: node minisearch.mjs documents.jsonl MODULES WORK LOCALE < queries
// The whole index is one file, loaded before the first query; it is left in
// WORK/minisearch for Chromium. Chinese and Japanese are cut by Intl.Segmenter,
// because its own rule cuts at spaces.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createRequire } from "node:module";
import { join } from "node:path";
import { options } from "./minisearch-options.mjs";

const [, , documents, modules, work, locale] = process.argv;
const MiniSearch = createRequire(join(modules, "x.js"))("minisearch");
const pages = readFileSync(documents, "utf8").trim().split("\n").map((l) => JSON.parse(l)).filter((p) => p.Locale === locale);
const engine = new MiniSearch(options(locale));
engine.addAll(pages.map((p) => ({ id: p.URL, title: p.Title, description: p.Description, headings: [p.H1, ...p.Sections.map((s) => s.Heading)].join("\n"), text: p.Sections.map((s) => s.Text).join("\n") })));
const json = JSON.stringify(engine), packed = gzipSync(json, { level: 9 });
const out = join(work, "minisearch");
mkdirSync(out, { recursive: true });
writeFileSync(join(out, locale + ".json"), json);
copyFileSync(join(modules, "node_modules/minisearch/dist/umd/index.js"), join(out, "minisearch.js"));
for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { q, limit } = JSON.parse(line), started = performance.now();
  const results = engine.search(q).slice(0, limit).map((r) => ({ url: r.id, score: r.score }));
  console.log(JSON.stringify({ results, first: { files: 1, bytes: packed.length }, next: { files: 0, bytes: 0 }, ms: performance.now() - started }));
}
