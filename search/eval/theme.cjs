// Asks the theme's engine in Node: node theme.cjs search.js PUBLIC < queries
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
  let kept = null; // engine of the query before, in the same language
  for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
    const { locale, q, limit, filters } = JSON.parse(line);
    const first = { files: 0, bytes: 0 };
    const index = open(locale, first);
    const started = performance.now();
    const found = await index.search(q, { limit, filters });
    const ms = performance.now() - started;
    let next;
    if (kept && kept.locale === locale) {
      const before = { ...kept.spent };
      await kept.index.search(q, { limit, filters });
      next = { files: kept.spent.files - before.files, bytes: kept.spent.bytes - before.bytes };
    }
    kept = { locale, index, spent: first };
    console.log(JSON.stringify({
      results: found.results.map((r) => ({ url: r.url, section: r.section ? r.section.id : "", score: r.score })),
      about: found.about, corrections: found.corrections, first: { ...first }, next, ms,
    }));
  }
})();
