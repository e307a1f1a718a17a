// Answers queries with Pagefind: node pagefind.mjs documents.jsonl MODULES < queries
// Its index is built by its own binary and asked by its own script, with files
// read from disk in place of the network; bytes are those of the files read.
import { mkdtempSync, readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const pages = readFileSync(process.argv[2], "utf8").trim().split("\n").map((l) => JSON.parse(l));
const { createIndex, close } = await import(pathToFileURL(join(process.argv[3], "node_modules/pagefind/lib/index.js")));
const root = mkdtempSync(join(tmpdir(), "pagefind-"));
const escape = (s) => s.replace(/[&<>"]/g, (c) => "&#" + c.charCodeAt(0) + ";");
let spent = { files: 0, bytes: 0 };
globalThis.fetch = async (url) => {
  const body = readFileSync(decodeURIComponent(String(url).replace(/^.*\/\/[^/]*\//, "/").replace(/\?.*/, "")));
  spent.files++;
  spent.bytes += body.length;
  return new Response(body);
};
globalThis.location = { origin: "http://x", href: "http://x/" };
const engines = new Map();
let lang = "en";
globalThis.document = { querySelector: () => ({ getAttribute: () => lang }), currentScript: null };
globalThis.window = globalThis;
for (const locale of ["ja", "zh-hans", "en"]) {
  const mine = pages.filter((p) => p.Locale === locale);
  if (!mine.length) continue;
  const { index } = await createIndex();
  lang = locale === "zh-hans" ? "zh-cn" : locale;
  for (const p of mine) {
    const body = p.Sections.map((s) => (s.ID ? `<h2 id="${escape(s.ID)}">${escape(s.Heading)}</h2>` : s.Heading ? `<p>${escape(s.Heading)}</p>` : "") + `<p>${escape(s.Text)}</p>`).join("");
    await index.addHTMLFile({ url: p.URL, content: `<html lang="${lang}"><body><main><h1>${escape(p.Title)}</h1><p data-pagefind-weight="3">${escape(p.Description)}</p>${body}</main></body></html>` });
  }
  const out = join(root, locale);
  mkdirSync(out, { recursive: true });
  await index.writeFiles({ outputPath: out });
  // A copy per locale and query would be a new module; one per locale is enough.
  const engine = await import(pathToFileURL(join(out, "pagefind.js")));
  await engine.options({ basePath: out + "/", baseUrl: "/", noWorker: true });
  engines.set(locale, { engine, out, start: readFileSync(join(out, "pagefind.js")).length });
}
let asked = 0;
for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { locale, q, limit } = JSON.parse(line), e = engines.get(locale);
  // Every twentieth query is a reader's first: the engine begins anew, and its
  // script counts as well.
  const first = asked++ % 20 === 0 && e;
  if (first) {
    await e.engine.destroy();
    await e.engine.options({ basePath: e.out + "/", baseUrl: "/", noWorker: true });
  }
  spent = { files: first ? 1 : 0, bytes: first ? e.start : 0 };
  const started = performance.now();
  lang = locale === "zh-hans" ? "zh-cn" : locale;
  const found = e ? await e.engine.search(q) : { results: [] };
  const results = [];
  for (const r of found.results.slice(0, limit)) results.push({ url: (await r.data()).raw_url || (await r.data()).url });
  console.log(JSON.stringify({ results, [first ? "first" : "next"]: spent, ms: performance.now() - started }));
}
await close();
process.exit(0);
