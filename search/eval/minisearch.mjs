// Answers queries with MiniSearch: node minisearch.mjs documents.jsonl MODULES < queries
// The whole index is one file, loaded before the first query. Chinese and Japanese
// are cut by Intl.Segmenter, because its own rule cuts at spaces.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createRequire } from "node:module";
import { join } from "node:path";

const MiniSearch = createRequire(join(process.argv[3], "x.js"))("minisearch");
const pages = readFileSync(process.argv[2], "utf8").trim().split("\n").map((l) => JSON.parse(l));
const engines = new Map();
for (const locale of ["ja", "zh-hans", "en"]) {
  const mine = pages.filter((p) => p.Locale === locale);
  if (!mine.length) continue;
  const cut = new Intl.Segmenter(locale === "zh-hans" ? "zh" : locale, { granularity: "word" });
  const tokenize = locale === "en" ? undefined : (text) => [...cut.segment(text.normalize("NFKC"))].filter((s) => s.isWordLike).map((s) => s.segment);
  const engine = new MiniSearch({
    fields: ["title", "description", "headings", "text"], ...(tokenize && { tokenize }),
    searchOptions: { boost: { title: 4, description: 2, headings: 2 }, prefix: (term, i, terms) => i === terms.length - 1, fuzzy: locale === "en" ? 0.2 : false },
  });
  engine.addAll(mine.map((p, id) => ({ id, title: p.Title, description: p.Description, headings: p.Sections.map((s) => s.Heading).join("\n"), text: p.Sections.map((s) => s.Text).join("\n") })));
  engines.set(locale, { engine, mine, bytes: gzipSync(JSON.stringify(engine), { level: 9 }).length });
}
for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { locale, q, limit } = JSON.parse(line), e = engines.get(locale), started = performance.now();
  const results = e ? e.engine.search(q).slice(0, limit).map((r) => ({ url: e.mine[r.id].URL })) : [];
  console.log(JSON.stringify({ results, first: { files: 1, bytes: e ? e.bytes : 0 }, next: { files: 0, bytes: 0 }, ms: performance.now() - started }));
}
