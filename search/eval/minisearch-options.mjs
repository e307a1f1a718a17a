// How MiniSearch is set up, in Node and in Chromium.
export function options(locale) {
  const cut = new Intl.Segmenter(locale === "zh-hans" ? "zh" : locale, { granularity: "word" });
  const tokenize = locale === "en" ? {} : { tokenize: (text) => [...cut.segment(text.normalize("NFKC"))].filter((s) => s.isWordLike).map((s) => s.segment) };
  return {
    fields: ["title", "description", "headings", "text"], ...tokenize,
    searchOptions: { boost: { title: 4, description: 2, headings: 2 }, prefix: (term, i, terms) => i === terms.length - 1, fuzzy: locale === "en" ? 0.2 : false, ...tokenize },
  };
}
