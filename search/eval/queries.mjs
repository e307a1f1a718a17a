// Makes queries from articles: node queries.mjs documents.jsonl > queries.jsonl
//
// Each query is a piece of an article, changed as a reader might change it, and
// expects that article. Pieces and changes are chosen by a seeded generator, so
// the same articles give the same queries.
import { readFileSync } from "node:fs";

const pages = readFileSync(process.argv[2], "utf8").trim().split("\n").map((l) => JSON.parse(l));
const perLocale = Number(process.argv[3] || 1700);
const traditional = process.argv[4] ? table(readFileSync(process.argv[4], "utf8")) : null; // search/data/variants.zh-hans.txt

let seed = 20261122;
const random = () => { // mulberry32
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const pick = (list) => list[Math.floor(random() * list.length)];

function table(text) {
  const signs = [...text.split("\n").filter((l) => !l.startsWith("#")).join("")], map = new Map();
  for (let i = 0; i + 1 < signs.length; i += 2) if (!map.has(signs[i + 1])) map.set(signs[i + 1], signs[i]);
  return map;
}

function words(text, locale) {
  const cut = new Intl.Segmenter(locale === "zh-hans" ? "zh" : locale, { granularity: "word" });
  return [...cut.segment(text)].filter((s) => s.isWordLike).map((s) => s.segment);
}

const join = (list, locale) => list.join(locale === "en" ? " " : random() < 0.5 ? " " : "");

// some drops a third of the words, particles first.
function some(text, locale, keep) {
  let list = words(text, locale);
  if (locale !== "en") list = list.filter((w) => !/^[\u3041-\u309f]{1,2}$|^[的了和在是与为]$/.test(w));
  const n = Math.max(2, Math.round(list.length * keep));
  while (list.length > n) list.splice(Math.floor(random() * list.length), 1);
  return list.length < 2 ? null : join(list, locale);
}

function phrase(text, locale) {
  const list = words(text, locale), n = locale === "en" ? 5 : 6;
  if (list.length < 30) return null;
  const from = Math.floor(random() * (list.length - n));
  let at = -1, end = 0;
  // from the segments themselves, so that what stands between stays
  const cut = new Intl.Segmenter(locale === "zh-hans" ? "zh" : locale, { granularity: "word" });
  let seen = 0;
  for (const s of cut.segment(text)) {
    if (!s.isWordLike) continue;
    if (seen === from) at = s.index;
    if (seen === from + n - 1) { end = s.index + s.segment.length; break; }
    seen++;
  }
  const q = text.slice(at, end);
  return /[\n。.!?]/.test(q) ? null : q;
}

function prefix(text, locale) {
  const list = words(text, locale).slice(0, 4);
  if (list.length < 2) return null;
  const last = list[list.length - 1];
  if (last.length < 2) return null;
  list[list.length - 1] = last.slice(0, Math.max(1, Math.ceil(last.length * 0.6)));
  return list.join(locale === "en" ? " " : "");
}

function typo(text) {
  const list = words(text, "en");
  const long = list.map((w, i) => i).filter((i) => /^[A-Za-z]{5,}$/.test(list[i]));
  if (!long.length) return null;
  const i = pick(long), w = list[i], k = 1 + Math.floor(random() * (w.length - 2));
  const letter = "abcdefghijklmnopqrstuvwxyz"[Math.floor(random() * 26)];
  list[i] = [w.slice(0, k) + w[k + 1] + w[k] + w.slice(k + 2), w.slice(0, k) + w.slice(k + 1), w.slice(0, k) + letter + w.slice(k), w.slice(0, k) + letter + w.slice(k + 1)][Math.floor(random() * 4)];
  return list.slice(0, 6).join(" ");
}

const half = (s) => [...s.normalize("NFKC")].map((c) => {
  const i = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜".indexOf(c);
  if (i >= 0) return String.fromCharCode(0xff61 + i);
  const d = c.normalize("NFD");
  if (d.length === 2 && (d[1] === "\u3099" || d[1] === "\u309a")) return half(d[0]) + (d[1] === "\u3099" ? "ﾞ" : "ﾟ");
  return c;
}).join("");
const hiragana = (s) => s.replace(/[ァ-ヶ]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0x60));
const wide = (s) => s.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));

let source; // heading that the last heading_sub was made of
const makers = {
  title: (p) => p.Title,
  title_sub: (p) => some(p.Title, p.Locale, 0.67),
  alt_title: (p) => (p.H1 !== p.Title ? p.H1 : null),
  desc_sub: (p) => p.Description && some(p.Description, p.Locale, 0.4),
  heading_sub: (p) => { const h = p.Sections.filter((s) => s.ID && s.Heading.length > (p.Locale === "en" ? 14 : 6)); return h.length ? some((source = pick(h).Heading), p.Locale, 0.75) : null; },
  body_phrase: (p) => phrase(p.text, p.Locale),
  prefix: (p) => prefix(p.Title, p.Locale),
  typo: (p) => p.Locale === "en" && typo(p.Title),
  half_width: (p) => p.Locale === "ja" && /[ァ-ヶ]{3}/.test(p.Title) && half(some(p.Title, "ja", 0.7) || p.Title),
  hiragana: (p) => p.Locale === "ja" && /[ァ-ヶ]{3}/.test(p.Title) && hiragana(some(p.Title, "ja", 0.7) || p.Title),
  no_long: (p) => p.Locale === "ja" && /[ァ-ヶ]{2}ー(?![ァ-ヶ])/.test(p.Title) && (some(p.Title, "ja", 0.8) || p.Title).replace(/([ァ-ヶ]{2})ー(?![ァ-ヶー])/g, "$1"),
  traditional: (p) => { if (p.Locale !== "zh-hans" || !traditional) return null; const q = some(p.Title, "zh-hans", 0.7), t = q && [...q].map((c) => traditional.get(c) || c).join(""); return t !== q ? t : null; },
  full_width: (p) => p.Locale === "zh-hans" && /[A-Za-z]{3}/.test(p.Title) && wide(some(p.Title, "zh-hans", 0.8) || p.Title),
};
const share = { title: 0.5, alt_title: 1, desc_sub: 1.3, heading_sub: 1.5, body_phrase: 1, prefix: 0.9, title_sub: 1.3, typo: 1.3, link_text: 1.3, half_width: 0.5, hiragana: 0.5, no_long: 0.5, traditional: 0.8, full_width: 0.5 };

const out = [];
for (const locale of ["ja", "zh-hans", "en"]) {
  const mine = pages.filter((p) => p.Locale === locale);
  const paths = new Map(mine.map((p) => [p.URL, p.Path]));
  const byTitle = new Map();
  for (const p of mine) byTitle.set(p.Title, [...(byTitle.get(p.Title) || []), p.Path]);
  for (const p of mine) {
    p.text = p.Sections.map((s) => s.Text).join("\n");
    p.headings = new Set(p.Sections.map((s) => s.Heading));
  }
  const unit = perLocale / 10;
  const seen = new Set();
  const add = (type, q, expect) => {
    q = q && q.replace(/\s+/g, " ").trim();
    if (!q || q.length < 3 || seen.has(q)) return false;
    seen.add(q);
    out.push({ locale, q, type, expect });
    return true;
  };
  for (const [type, make] of Object.entries(makers)) {
    for (let i = 0, n = 0; i < unit * 8 && n < unit * share[type]; i++) {
      const p = pick(mine);
      const q = p && make(p);
      if (!q) continue;
      // What as many articles say is no question that one of them answers.
      const right = type === "body_phrase" ? mine.filter((o) => o.text.includes(q)).map((o) => o.Path)
        : type === "heading_sub" ? mine.filter((o) => o.headings.has(source)).map((o) => o.Path) : byTitle.get(p.Title);
      if (right.length <= 5 && add(type, q, right)) n++;
    }
  }
  const texts = new Map();
  for (const p of mine) for (const l of p.Links || []) {
    const to = paths.get(l.Target);
    if (!to || words(l.Text, locale).length < 3 || /^[\u3041-\u309f]|[。」.]|ください|^the |^about /i.test(l.Text)) continue;
    texts.set(l.Text, new Set([...(texts.get(l.Text) || []), to]));
  }
  const all = [...texts];
  for (let n = 0; n < unit * share.link_text && all.length;) {
    const [[text, targets]] = all.splice(Math.floor(random() * all.length), 1);
    if (add("link_text", text, [...targets])) n++;
  }
}
for (const q of out) console.log(JSON.stringify(q));
