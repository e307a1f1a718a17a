// Asks the theme's engine in Node: node browser.cjs search.js PUBLIC < queries
// Each line of input is {locale, q, limit}; each line of output has the results,
// and what was fetched for them: by a reader's first query, and by one who has
// asked the query before it (next).
const { readFileSync } = require("fs");
const { join } = require("path");
require(require("path").resolve(process.argv[2]));
const root = process.argv[3];
const manifests = new Map();

function open(locale, spent) {
  return new annaiSearch.Index(async (name) => {
    const body = readFileSync(join(root, "search", locale, name));
    spent.files++;
    spent.bytes += body.length;
    spent.names && spent.names.push(name + " " + body.length);
    return body;
  });
}

(async () => {
  const warm = new Map();
  for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
    const { locale, q, limit, filters } = JSON.parse(line);
    const first = { files: 0, bytes: 0 };
    const started = performance.now();
    const found = await open(locale, first).search(q, { limit, filters });
    const ms = performance.now() - started;
    const next = { files: 0, bytes: 0 };
    if (!warm.has(locale)) warm.set(locale, { spent: next, index: null });
    const kept = warm.get(locale);
    if (!kept.index) kept.index = open(locale, kept.spent);
    const before = { ...kept.spent };
    await kept.index.search(q, { limit, filters });
    next.files = kept.spent.files - before.files;
    next.bytes = kept.spent.bytes - before.bytes;
    console.log(JSON.stringify({
      results: found.results.map((r) => ({ url: r.url, section: r.section ? r.section.id : "", score: r.score })),
      about: found.about, corrections: found.corrections, first, next, ms,
    }));
  }
})();
