// Answers queries with Pagefind: node pagefind.mjs documents.jsonl MODULES WORK LOCALE < queries
// Its index is built by its own binary to WORK/pagefind/LOCALE, where Chromium finds
// it, and asked by its own script, with files read from disk in place of the
// network; bytes are those of the files read.
import { readFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , documents, modules, work, locale] = process.argv;
const { createIndex, close } = await import(pathToFileURL(join(modules, "node_modules/pagefind/lib/index.js")));
const pages = readFileSync(documents, "utf8").trim().split("\n").map((l) => JSON.parse(l)).filter((p) => p.Locale === locale);
const escape = (s) => s.replace(/[&<>"]/g, (c) => "&#" + c.charCodeAt(0) + ";");
const lang = locale === "zh-hans" ? "zh-cn" : locale;
const { index } = await createIndex();
for (const p of pages) {
  const body = p.Sections.map((s) => (s.ID ? `<h2 id="${escape(s.ID)}">${escape(s.Heading)}</h2>` : "") + `<p>${escape(s.Text)}</p>`).join("");
  const other = p.H1 && p.H1 !== p.Title ? `<h2>${escape(p.H1)}</h2>` : "";
  await index.addHTMLFile({ url: p.URL, content: `<html lang="${lang}"><body><main><h1>${escape(p.Title)}</h1>${other}<p data-pagefind-weight="3">${escape(p.Description)}</p>${body}</main></body></html>` });
}
const out = join(work, "pagefind", locale);
mkdirSync(out, { recursive: true });
await index.writeFiles({ outputPath: out });

let spent;
globalThis.fetch = async (url) => {
  const body = readFileSync(decodeURIComponent(String(url).replace(/^.*\/\/[^/]*\//, "/").replace(/\?.*/, "")));
  spent.files++;
  spent.bytes += body.length;
  return new Response(body);
};
globalThis.location = { origin: "http://x", href: "http://x/" };
globalThis.document = { querySelector: () => ({ getAttribute: () => lang }), currentScript: null };
globalThis.window = globalThis;
const settings = { basePath: out + "/", baseUrl: "/", noWorker: true };
const script = readFileSync(join(out, "pagefind.js")).length;
const engine = await import(pathToFileURL(join(out, "pagefind.js")));
spent = { files: 0, bytes: 0 };
await engine.options(settings);
let asked = 0;
for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { q, limit } = JSON.parse(line);
  // Every twentieth query is a reader's first: the engine begins anew, and its
  // script counts as well.
  const first = asked++ % 20 === 0;
  spent = { files: first ? 1 : 0, bytes: first ? script : 0 };
  if (first) {
    await engine.destroy();
    await engine.options(settings);
  }
  const started = performance.now();
  const found = await engine.search(q), results = [];
  for (const r of found.results.slice(0, limit)) {
    const page = await r.data();
    results.push({ url: page.raw_url || page.url, score: r.score });
  }
  console.log(JSON.stringify({ results, [first ? "first" : "next"]: { ...spent }, ms: performance.now() - started }));
}
await close();
process.exit(0);
