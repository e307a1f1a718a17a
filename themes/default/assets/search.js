// Search in the browser: the same analysis and ranking as the Go package search,
// from the same files. Where one is changed the other must be; tests compare both.
// The parts, in order: text analysis, files, query, ranking, results, then what
// the reader sees: the list below the search field, the page of results, articles
// suggested beside a form, and marks in an article that was found.
(function () {
  "use strict";

  // ---- Text analysis: analysis.go ----
  var OTHER = 0, LETTER = 1, DIGIT = 2, HAN = 3, HIRA = 4, KATA = 5, HANGUL = 6, JOINER = 7, UPPER = 16;
  var isUpper = /[\p{Lu}\p{Lt}]/u, isLetter = /[\p{L}\p{M}]/u, isDigit = /\p{Nd}/u;
  var letters = { "ß": "ss", "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ı": "i", "ς": "σ" };
  var small = pairs("ぁあぃいぅうぇえぉおっつゃやゅゆょよゎわゕかゖけ");
  var vowels = pairs("ァばィびェべォぼぁばぃびぇべぉぼ");
  function pairs(text) {
    var signs = Array.from(text), map = new Map();
    for (var i = 0; i + 1 < signs.length; i += 2) map.set(signs[i], signs[i + 1]);
    return map;
  }
  function classOf(s) {
    var r = s.codePointAt(0);
    if (r < 0x80) {
      if (r >= 97 && r <= 122) return LETTER;
      if (r >= 65 && r <= 90) return LETTER | UPPER;
      if (r >= 48 && r <= 57) return DIGIT;
      return r === 46 || r === 45 || r === 95 || r === 64 || r === 39 ? JOINER : OTHER;
    }
    if (r === 0x2019 || r === 0x2010 || r === 0x2011) return JOINER;
    if ((r >= 0x3041 && r <= 0x3096) || r === 0x309d || r === 0x309e) return HIRA;
    if ((r >= 0x30a1 && r <= 0x30fa) || (r >= 0x30fc && r <= 0x30fe)) return KATA;
    if ((r >= 0x4e00 && r <= 0x9fff) || (r >= 0x3400 && r <= 0x4dbf) || (r >= 0x3005 && r <= 0x3007) || (r >= 0xf900 && r <= 0xfaff) || (r >= 0x20000 && r <= 0x3ffff)) return HAN;
    if (r >= 0xac00 && r <= 0xd7af) return HANGUL;
    if (isUpper.test(s)) return LETTER | UPPER;
    if (isLetter.test(s)) return LETTER;
    return isDigit.test(s) ? DIGIT : OTHER;
  }
  function compose(text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/[ßøØæÆœŒłŁđĐıς]/g, function (c) {
      return letters[c];
    }).normalize("NFC");
  }
  function isSign(c) {
    return c >= HAN && c <= HANGUL;
  }
  // normalise gives signs and their classes.
  function normalise(text, variants) {
    var signs = [], classes = [];
    for (var s of compose(text)) {
      var c = classOf(s);
      if (c & UPPER) s = s.toLowerCase();
      if (c === HAN && variants && variants.has(s)) s = variants.get(s);
      signs.push(s);
      classes.push(c);
    }
    return foldKana(signs, classes);
  }
  function foldKana(signs, classes) {
    var out = { signs: [], classes: [] }, run = 0;
    function put(s, c) {
      out.signs.push(s);
      out.classes.push(c);
    }
    for (var i = 0; i < signs.length; i++) {
      var s = signs[i], c = classes[i];
      if (c !== KATA) run = 0;
      else {
        run++;
        if (s === "ー" && run >= 3 && classes[i + 1] !== KATA) continue;
        if (s >= "ァ" && s <= "ヶ") s = String.fromCharCode(s.charCodeAt(0) - 0x60);
      }
      if (c === KATA || c === HIRA) {
        if (s === "ゔ") {
          if (vowels.has(signs[i + 1])) {
            put(vowels.get(signs[i + 1]), c);
            i++;
            run++;
            continue;
          }
          s = "ぶ";
        } else if (small.has(s)) s = small.get(s);
      }
      put(s, c);
    }
    return out;
  }
  function paired(a, b) {
    return isSign(b) && (a === b || a === HAN || (a === KATA && b === HAN));
  }
  // tokens calls emit with each token: kind is pair, sign, word or part.
  function tokens(text, single, variants, emit) {
    var n = text.signs ? text : normalise(text, variants), signs = n.signs, classes = n.classes;
    for (var i = 0; i < signs.length;) {
      var c = classes[i] & ~UPPER;
      if (isSign(c)) {
        if (single && c === HAN) emit({ kind: "sign", term: signs[i], at: i, end: i + 1 });
        if (i + 1 < signs.length && paired(c, classes[i + 1])) emit({ kind: "pair", term: signs[i] + signs[i + 1], at: i, end: i + 2, first: c, second: classes[i + 1] });
        i++;
      } else if (c === LETTER || c === DIGIT) {
        var end = wordEnd(classes, i);
        i = verb(signs, classes, i, end, emit) || (words(signs, classes, i, end, emit), end);
      } else i++;
    }
  }
  function wordEnd(classes, i) {
    for (; i < classes.length; i++) {
      var c = classes[i] & ~UPPER;
      if (c === JOINER) {
        var next = classes[i + 1] & ~UPPER;
        if (next !== LETTER && next !== DIGIT) return i;
      } else if (c !== LETTER && c !== DIGIT) return i;
    }
    return i;
  }
  function words(signs, classes, from, to, emit) {
    if (to - from <= 64) word("word", from, to);
    for (var start = from, i = from + 1; i <= to; i++) {
      if (i < to && !boundary(i)) continue;
      if ((start > from || i < to) && i - start >= 2 && i - start <= 40) word("part", start, i);
      start = i;
      if (i < to && classes[i] === JOINER) {
        start++;
        i++;
      }
    }
    function boundary(i) {
      var a = classes[i - 1], b = classes[i];
      if (b === JOINER) return signs[i] !== "'" && signs[i] !== "\u2019";
      if (a === JOINER) return false;
      if ((a & ~UPPER) !== (b & ~UPPER)) return true;
      return !!(b & UPPER) && !(a & UPPER);
    }
    function word(kind, from, to) {
      var s = "";
      for (var i = from; i < to; i++) if (classes[i] !== JOINER) s += signs[i];
      emit({ kind: kind, term: s.length >= 3 && /^[a-z]+$/.test(s) ? stem(s) : s, surface: s, at: from, end: to });
    }
  }

  // What the stemmer doesn't know of English: english.go.
  var phrasal = new Set("signin signout signup signoff signon login logout logon logoff setup backup turnon turnoff switchon switchoff shutdown shutoff rollback rollout rollover rollup cleanup scaleup scaledown scaleout scalein lookup timeout runout lockout optin optout checkin checkout poweron poweroff startup failover failback fallback dropdown popup plugin addon breakdown drilldown dialin dialout callback printout pushback pickup handoff handover kickoff payback takeover fillin phaseout teardown spinup warmup slowdown speedup freeup catchup cutover standby closedown opendown getback giveback takeback bringback bringdown godown moveover switchover carryover howmany howmuch howlong".split(" "));
  var particles = new Set("in out on off up down back over by many much long".split(" "));
  var irregular = "lose lost loss losses;send sent;buy bought;pay paid payment payments;forget forgot forgotten;choose chose chosen choice choices;give gave given;break broke broken;steal stole stolen;write wrote written;overwrite overwrote overwritten;hide hid hidden;keep kept;find found;build built;rebuild rebuilt;freeze froze frozen;spend spent;take took taken;make made;see saw seen;bring brought;hold held;begin began begun;grow grew grown growth;know knew known;fall fell fallen;run ran;sell sold;withdraw withdrew withdrawn;undo undid undone;go goes went gone;tell told;add added adding;slow slower slowest slowly;fast faster fastest;cheap cheaper cheapest;large larger largest;small smaller smallest;big bigger biggest;high higher highest;low lower lowest;long longer longest;short shorter shortest;new newer newest newly;old older oldest;easy easier easiest easily;safe safer safest;fail failure failures;recover recovery recoveries;deliver delivery deliveries;discover discovery;subscribe subscription subscriptions;permit permission permissions;suspend suspension;convert conversion conversions;expand expansion;deny denial;automate automatic automatically;synchronize sync syncs synced syncing;application app apps;administrator admin admins;configuration config configs;repository repo repos";
  // verb emits the word at from and the particle that follows it as one word, and
  // the two as parts of it.
  function verb(signs, classes, from, to, emit) {
    var end = /^[ \n]$/.test(signs[to]) ? wordEnd(classes, to + 1) : 0;
    if (end - to < 3 || end - to > 5 || to - from < 2 || to - from > 12) return 0;
    var alone = signs.slice(from, to).join(""), particle = signs.slice(to + 1, end).join("");
    if (!particles.has(particle) || !/^[a-z]+$/.test(alone)) return 0;
    var whole = stem3(alone) + particle;
    if (!phrasal.has(whole)) return 0;
    emit({ kind: "word", term: stem(whole), surface: whole, at: from, end: end });
    emit({ kind: "part", term: stem3(alone), surface: alone, at: from, end: to });
    emit({ kind: "part", term: stem3(particle), surface: particle, at: to + 1, end: end });
    return end;
  }
  // stem is Snowball's English stemmer (snowballstem.org).
  var fixed = { skis: "ski", skies: "sky", dying: "die", lying: "lie", tying: "tie", idly: "idl", gently: "gentl", ugly: "ugli", early: "earli", only: "onli", singly: "singl", sky: "sky", news: "news", howe: "howe", atlas: "atlas", cosmos: "cosmos", bias: "bias", andes: "andes" };
  var second = { ational: "ate", tional: "tion", enci: "ence", anci: "ance", abli: "able", entli: "ent", izer: "ize", ization: "ize", ation: "ate", ator: "ate", alism: "al", aliti: "al", alli: "al", fulness: "ful", ousli: "ous", ousness: "ous", iveness: "ive", iviti: "ive", biliti: "ble", bli: "ble", fulli: "ful", lessli: "less" };
  var third = { ational: "ate", tional: "tion", alize: "al", icate: "ic", iciti: "ic", ical: "ic", ful: "", ness: "" };
  var stems = new Map();
  function stem(w) {
    var s = stems.get(w);
    if (s === undefined) stems.set(w, (s = reduce(w)));
    return s;
  }
  irregular.split(";").forEach(function (line) {
    var forms = line.split(" ");
    forms.slice(1).forEach(function (f) {
      stems.set(f, reduce(forms[0]));
    });
  });
  function reduce(w) {
    if (Object.prototype.hasOwnProperty.call(fixed, w)) return fixed[w];
    w = w.replace(/^y/, "Y").replace(/([aeiouy])y/g, "$1Y");
    var m = /^(?:gener|commun|arsen)/.exec(w) || /^.*?[aeiouy][^aeiouy]/.exec(w);
    var p1 = m ? m[0].length : w.length;
    m = /^.*?[aeiouy][^aeiouy]/.exec(w.slice(p1));
    var p2 = m ? p1 + m[0].length : w.length;
    function short(s) {
      return /[^aeiouy][aeiouy][^aeiouywxY]$/.test(s) || /^[aeiouy][^aeiouy]$/.test(s);
    }
    if ((m = /(sses|ied|ies|us|ss|s)$/.exec(w))) {
      if (m[1] === "sses") w = w.slice(0, -2);
      else if (m[1][0] === "i") w = w.slice(0, w.length > 4 ? -2 : -1);
      else if (m[1] === "s" && /[aeiouy].+s$/.test(w)) w = w.slice(0, -1);
    }
    if (/^(?:(?:inn|out|cann|herr|earr)ing|(?:pro|ex|suc)ceed)$/.test(w)) return w;
    if ((m = /(eedly|eed|ingly|edly|ing|ed)$/.exec(w))) {
      var before = w.slice(0, m.index);
      if (m[1].slice(0, 3) === "eed") {
        if (m.index >= p1) w = before + "ee";
      } else if (/[aeiouy]/.test(before)) {
        w = before;
        if (/(?:at|bl|iz)$/.test(w)) w += "e";
        else if (/(bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(w)) w = w.slice(0, -1);
        else if (w.length === p1 && short(w)) w += "e";
      }
    }
    w = w.replace(/(.[^aeiouy])[yY]$/, "$1i");
    if ((m = /(ational|tional|enci|anci|abli|entli|ization|izer|ation|ator|alism|aliti|alli|fulness|ousli|ousness|iveness|iviti|biliti|bli|fulli|lessli|ogi|li)$/.exec(w)) && m.index >= p1) {
      if (m[1] === "ogi") {
        if (/logi$/.test(w)) w = w.slice(0, -1);
      } else if (m[1] === "li") {
        if (/[cdeghkmnrt]li$/.test(w)) w = w.slice(0, -2);
      } else w = w.slice(0, m.index) + second[m[1]];
    }
    if ((m = /(ational|tional|alize|icate|iciti|ative|ical|ness|ful)$/.exec(w)) && m.index >= p1) {
      if (m[1] !== "ative") w = w.slice(0, m.index) + third[m[1]];
      else if (m.index >= p2) w = w.slice(0, m.index);
    }
    if ((m = /(ement|ance|ence|able|ible|ment|ant|ent|ism|ate|iti|ous|ive|ize|ion|al|er|ic)$/.exec(w)) && m.index >= p2) {
      if (m[1] !== "ion" || /[st]ion$/.test(w)) w = w.slice(0, m.index);
    }
    if (/e$/.test(w)) {
      var rest = w.slice(0, -1);
      if (rest.length >= p2 || (rest.length >= p1 && !short(rest))) w = rest;
    } else if (/ll$/.test(w) && w.length - 1 >= p2) w = w.slice(0, -1);
    return w.replace(/Y/g, "y");
  }

  // ---- Files: shard.go ----
  var utf8 = new TextEncoder(), text8 = new TextDecoder();
  function fnv(term) {
    var h = 2166136261;
    utf8.encode(term).forEach(function (b) {
      h = Math.imul(h ^ b, 16777619);
    });
    h ^= h >>> 16;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  }
  // decode reads a file of lists into a map by term.
  function decode(data) {
    var at = 0, lists = [], map = new Map();
    function number() {
      for (var n = 0, shift = 1; ; shift *= 128) {
        var b = data[at++];
        n += (b & 127) * shift;
        if (!(b & 128)) return n;
      }
    }
    for (var n = number(), i = 0; i < n; i++) {
      var size = number();
      lists.push({ term: text8.decode(data.subarray(at, (at += size))) });
    }
    lists.forEach(function (l) {
      l.count = number();
      l.ids = new Array(number());
      map.set(l.term, l);
    });
    lists.forEach(function (l) {
      for (var i = 0, id = 0; i < l.ids.length; i++) l.ids[i] = id += number();
    });
    ["impacts", "places"].forEach(function (name) {
      lists.forEach(function (l) {
        l[name] = data.subarray(at, (at += l.ids.length));
      });
    });
    return map;
  }
  // An Index reads files with get, a function from a path below the locale's
  // folder to a promise of bytes.
  function Index(get) {
    this.get = get;
    this.kept = new Map();
  }
  Index.prototype.manifest = function () {
    var x = this;
    return (x.opened = x.opened || x.get("manifest.bin").then(unpack).then(function (data) {
      var m = (x.m = JSON.parse(text8.decode(data)));
      if (m.format !== 3) throw new Error("search index of another format");
      return m;
    }).catch(function (err) {
      x.opened = null;
      throw err;
    }));
  };
  Index.prototype.file = function (name, decode) {
    var x = this, p = x.kept.get(name);
    if (!p) {
      p = x.get(x.m.folder + "/" + name + ".bin").then(unpack).then(decode);
      p.catch(function () {
        x.kept.delete(name);
      });
      x.kept.set(name, p);
    }
    return p;
  };
  // unpack opens what the server has not opened already.
  async function unpack(data) {
    data = new Uint8Array(data);
    if (data[0] !== 0x1f || data[1] !== 0x8b) return data;
    return new Uint8Array(await new Response(new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
  }
  function json(data) {
    return JSON.parse(text8.decode(data));
  }
  Index.prototype.shardOf = function (term) {
    if (isSign(classOf(term))) return "s/" + (fnv(term) % this.m.signs);
    var words = this.m.words, low = 0, high = words.length;
    while (low < high) {
      var mid = (low + high) >> 1;
      if (words[mid] > term) high = mid;
      else low = mid + 1;
    }
    return "w/" + Array.from(utf8.encode(low ? words[low - 1] : ""), function (b) {
      return b.toString(16).padStart(2, "0");
    }).join("") + "_";
  };
  Index.prototype.list = async function (term) {
    if (!term) return null;
    return (await this.file(this.shardOf(term), decode)).get(term) || null;
  };

  // ---- Query: query.go ----
  function pairWeight(a, b) {
    if (a === HAN && b === HAN) return 1;
    if (a === KATA && b === KATA) return 0.6;
    return a === HIRA && b === HIRA ? 0.25 : 0.5;
  }
  function parse(query, idleWords, weakTerms, variants) {
    var n = normalise(Array.from(query).slice(0, 200).join(""), variants), signs = n.signs, classes = n.classes;
    var idle = idleSigns(n, idleWords), end = signs.length, all = [];
    while (end > 0 && classes[end - 1] === OTHER && signs[end - 1] !== " ") end--;
    tokens(n, true, null, function (t) {
      var c = { term: t.term, surface: t.surface || "", kind: t.kind, at: t.at, to: t.end, terms: [], parts: [], weight: 1 }, before = all[all.length - 1];
      if (t.kind === "part") {
        if (before && before.kind === "word" && before.to >= c.to) {
          before.parts.push({ term: c.term, surface: c.surface });
          return;
        }
        c.weight = 0.7;
      } else if (t.kind === "sign") {
        if (!(c.weight = signWeight(n, idle, t.at))) return;
      } else if (t.kind === "word") {
        c.last = t.end === end;
        c.weak = weakTerms.indexOf(t.term) >= 0;
        if (c.weak) c.weight = 0.4;
        c.idle = idleWords.indexOf(t.surface) >= 0;
      } else {
        c.weight = pairWeight(t.first, t.second);
        c.idle = idle[t.at] && idle[t.at + 1];
        c.kana = t.first === KATA && t.second === KATA;
        c.run = c.kana && before && before.kana && before.at === t.at - 1 ? before.run + 1 : 0;
      }
      all.push(c);
    });
    var content = all.some(function (c) {
      return !c.idle;
    });
    var seen = new Set(), groups = [];
    all.forEach(function (c, i) {
      var next = all[i + 1];
      var skip = c.kana && c.run % 2 === 1 && next && next.kana && next.run > c.run;
      if ((content && c.idle) || skip || seen.has(c.term)) return;
      seen.add(c.term);
      groups.push(c);
    });
    // Each is a file to fetch; the least telling ones go first.
    while (groups.length > 16) {
      var least = groups.length - 1;
      for (var i = least; i >= 0; i--) if (groups[i].weight < groups[least].weight) least = i;
      groups.splice(least, 1);
    }
    return groups;
  }
  // One Han sign between hiragana or function words is the stem of a verb.
  function signWeight(n, idle, at) {
    var weight = idle[at] ? 0 : 1;
    [at - 1, at + 1].forEach(function (i) {
      if (isSign(n.classes[i])) weight = weight && (n.classes[i] === HIRA || idle[i]) ? 0.6 : 0;
    });
    return weight;
  }
  function idleSigns(n, idleWords) {
    var idle = [], phrases = idleWords.map(function (p) {
      return Array.from(p);
    });
    for (var i = 0; i < n.signs.length;) {
      var size = 0;
      if (isSign(n.classes[i])) phrases.forEach(function (p) {
        if (p.length > size && p.every(function (s, j) {
          return n.signs[i + j] === s;
        })) size = p.length;
      });
      for (var j = 0; j < size; j++) idle[i + j] = true;
      i += Math.max(size, 1);
    }
    return idle;
  }

  // ---- Ranking: rank.go, spelling.go ----
  var TITLE = [0, 4.5, 6, 6];
  function worth(impact) {
    var v = TITLE[impact >> 6] + (1.4 * (impact & 7)) / 7;
    if (impact & 32) v += 0.9;
    if (impact & 16) v += 1.6;
    if (impact & 8) v += 0.5;
    return v / (v + 1.8);
  }
  function firmness(impact) {
    return impact >= 64 ? 1 : impact >= 16 ? 0.9 : impact >= 8 ? 0.4 : 0;
  }
  Index.prototype.idf = function (g) {
    var n = 0, whole = g.terms.find(function (a) {
      return a.factor === 1;
    });
    if (whole) n = whole.list.count;
    else g.terms.forEach(function (a) {
      n = Math.max(n, a.list.count);
    });
    return Math.log(1 + (this.m.articles - n + 0.5) / (n + 0.5));
  };
  // find looks terms up and puts parts, longer words or corrected ones for those
  // that are unknown. All that a query needs is fetched at once.
  Index.prototype.find = async function (groups) {
    var x = this, corrections = [], out = await Promise.all(groups.map(async function (g) {
      var more = [], found = await Promise.all([g.term].concat(g.parts.map(function (p) {
        return p.term;
      })).map(function (t) {
        return x.list(t);
      }));
      if (found[0]) g.terms.push({ list: found[0], factor: 1 });
      if (g.kind === "word") {
        var split = !g.terms.length && g.parts.length > 1;
        g.parts.forEach(function (p, i) {
          var l = found[i + 1];
          if (!l) return;
          if (split) more.push({ term: p.term, surface: p.surface, weight: g.weight * 0.7, kind: "part", terms: [{ list: l, factor: 1 }] });
          else g.terms.push({ list: l, factor: 0.15 });
        });
        if (g.last || (!split && !g.terms.length && /[0-9]/.test(g.surface))) await x.prefixes(g);
        if (!split && !g.terms.length && !g.weak) {
          var to = await x.correct(g);
          if (to) corrections.push({ from: g.surface, to: to });
        }
      }
      return g.terms.length ? more.concat(g) : more;
    }));
    return { groups: [].concat.apply([], out), corrections: corrections };
  };
  Index.prototype.prefixes = async function (g) {
    var length = Array.from(g.surface).length, begin = [];
    if (length < 2) return;
    (await this.file(this.shardOf(g.surface), decode)).forEach(function (l) {
      if (l.term === g.term) return;
      var n = Array.from(l.term).length;
      if (l.term.startsWith(g.surface) || (n >= 4 && length - n <= 4 && g.surface.startsWith(l.term))) begin.push(l);
    });
    begin.sort(function (a, b) {
      return b.count - a.count;
    });
    // The fewer letters, the less they tell which word it will be.
    var factor = 0.7 * Math.min(1, length / 5);
    begin.slice(0, 12).forEach(function (l) {
      g.terms.push({ list: l, factor: factor });
    });
  };
  // nearest finds something where nothing was found.
  Index.prototype.nearest = async function (groups) {
    var x = this;
    await Promise.all(groups.map(async function (g) {
      g.terms = [];
      if (g.kind === "pair") {
        for (var s of g.term) {
          var l = await x.list(s);
          if (l) g.terms.push({ list: l, factor: 0.15 });
        }
        return;
      }
      var surface = Array.from(g.surface);
      for (var n = surface.length - 1; n >= 3 && !g.terms.length; n--) {
        g.surface = surface.slice(0, n).join("");
        await x.prefixes(g);
      }
    }));
    return groups.filter(function (g) {
      return g.terms.length;
    });
  };
  Index.prototype.correct = async function (g) {
    var x = this, w = g.surface, all = [], allowed = w.length >= 8 ? 2 : 1;
    if (!/^[a-z]{4,24}$/.test(w)) return "";
    // Words that are two letters longer or shorter are the last resort.
    for (var step of [[0, -1, 1], [-2, 2]]) {
      if (all.length || allowed < step[1]) break;
      (await Promise.all(step.map(function (d) {
        var n = w.length + d;
        return x.m.spelling.indexOf(n) >= 0 ? x.file("x/" + n, spellings) : [];
      }))).forEach(function (list) {
        list.forEach(function (s) {
          var d = distance(w, s.word, allowed);
          if (d <= allowed) all.push({ word: s.word, count: s.count, distance: d, order: d + (s.word[0] !== w[0] ? 1 : 0) });
        });
      });
    }
    all.sort(function (a, b) {
      return a.order - b.order || b.count - a.count || (a.word < b.word ? -1 : 1);
    });
    for (var s of all.slice(0, 4)) {
      var l = await x.list(stem3(s.word));
      if (l && !g.terms.some(function (a) {
        return a.list.term === l.term;
      })) g.terms.push({ list: l, factor: s.distance > 1 ? 0.4 : 0.6 });
    }
    return g.terms.length ? all[0].word : "";
  };
  function stem3(w) {
    return w.length >= 3 ? stem(w) : w;
  }
  function spellings(data) {
    return text8.decode(data).split("\n").filter(Boolean).map(function (line) {
      var f = line.split(" ");
      return { word: f[0], count: +f[1] };
    });
  }
  // distance is the optimal string alignment; over most it may be anything over most.
  function distance(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    var before = [], last = [], now;
    for (var j = 0; j <= b.length; j++) last[j] = j;
    for (var i = 1; i <= a.length; i++) {
      now = [i];
      var least = i;
      for (j = 1; j <= b.length; j++) {
        now[j] = Math.min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) now[j] = Math.min(now[j], before[j - 2] + 1);
        least = Math.min(least, now[j]);
      }
      if (least > most) return most + 1;
      before = last;
      last = now;
    }
    return last[b.length];
  }
  Index.prototype.rank = function (groups, allowed) {
    var x = this, n = x.m.articles, total = 0, touched = [], results = [];
    var score = new Float64Array(n), matched = new Float64Array(n), strong = new Float64Array(n), places = new Float64Array(8 * n);
    var best = new Float64Array(n), firm = new Float64Array(n), where = new Uint8Array(n);
    groups.forEach(function (g) {
      var weight = g.weight * Math.pow(x.idf(g), 0.55), of = [];
      total += weight;
      g.terms.forEach(function (a) {
        var l = a.list;
        l.ids.forEach(function (id, i) {
          if (best[id] === 0) of.push(id);
          best[id] = Math.max(best[id], a.factor * worth(l.impacts[i]));
          where[id] |= l.places[i];
          firm[id] = Math.max(firm[id], firmness(l.impacts[i]) * a.factor);
        });
      });
      of.forEach(function (id) {
        if (matched[id] === 0) touched.push(id);
        score[id] += weight * best[id];
        matched[id] += weight;
        strong[id] += weight * firm[id];
        for (var b = 0; b < 8; b++) if ((where[id] >> b) & 1) places[8 * id + b] += weight;
        best[id] = where[id] = firm[id] = 0;
      });
    });
    touched.forEach(function (id) {
      if (allowed && !allowed(id)) return;
      var near = 0, share = [], sure = strong[id] / total;
      for (var b = 0; b < 8; b++) near = Math.max(near, (share[b] = places[8 * id + b] / total));
      results.push({ article: id, places: share, score: score[id] * Math.pow(matched[id] / total, 0.6) * (1 + 0.7 * sure * sure) * (1 + 0.4 * near * near) });
    });
    return results.sort(function (a, b) {
      return b.score - a.score || a.article - b.article;
    });
  };

  // ---- Results: result.go, judge.go ----
  Index.prototype.allowed = async function (filters) {
    var names = Object.keys(filters || {}), passed = new Uint8Array(this.m.articles);
    if (!names.length) return null;
    var facets = await this.file("facets", json);
    names.forEach(function (name) {
      var once = new Set();
      filters[name].forEach(function (v) {
        var id = 0;
        (((facets[name] || {})[v]) || []).forEach(function (step) {
          once.add((id += step));
        });
      });
      once.forEach(function (id) {
        passed[id]++;
      });
    });
    return function (id) {
      return passed[id] === names.length;
    };
  };
  function Judge(x, query, groups, variants) {
    var j = this;
    j.variants = variants;
    j.weight = new Map();
    j.total = 0;
    j.whole = j.folded(query);
    groups.forEach(function (g) {
      var w = g.weight * Math.pow(x.idf(g), 0.55);
      j.total += w;
      g.terms.forEach(function (a) {
        j.weight.set(a.list.term, Math.max(j.weight.get(a.list.term) || 0, w * a.factor));
      });
    });
  }
  Judge.prototype.folded = function (text) {
    var n = normalise(text, this.variants);
    return n.signs.filter(function (s, i) {
      return n.classes[i] !== OTHER && n.classes[i] !== JOINER;
    }).join("");
  };
  Judge.prototype.alike = function (text) {
    var j = this, seen = new Set(), hit = 0, count = 0, hits = 0;
    tokens(text, false, j.variants, function (t) {
      if (t.kind === "part") return;
      count++;
      var w = j.weight.get(t.term);
      if (w === undefined) return;
      hits++;
      if (seen.has(t.term)) return;
      seen.add(t.term);
      hit += w;
    });
    if (!j.total || !count) return { share: 0, both: 0 };
    var share = Math.min(hit / j.total, 1), precise = hits / count;
    return { share: share, both: share + precise === 0 ? 0 : (2 * share * precise) / (share + precise) };
  };
  Judge.prototype.result = function (row, s) {
    var j = this, title = j.folded(row[1]), factor = 1, inTitle = j.alike(row[1]), best = { share: 0, both: 0 }, at = -1, headings = [];
    if (j.whole) {
      if (title === j.whole) factor = 1.6;
      else if (Array.from(j.whole).length > 1 && title.indexOf(j.whole) >= 0) factor = 1.35;
    }
    factor *= 1 + 0.8 * inTitle.both * inTitle.both;
    for (var i = 0; i + 2 < row[6].length; i += 3) {
      var h = { id: row[6][i] || slug(row[6][i + 1]), text: row[6][i + 1], start: row[6][i + 2] };
      headings.push(h);
      if (h.text === row[1]) continue;
      var a = j.alike(h.text);
      if (a.both > best.both + 1e-9) {
        best = a;
        at = headings.length - 1;
      }
    }
    factor *= 1 + 0.3 * best.both * best.both;
    if (at < 0 || best.share <= inTitle.share + 1e-9) at = inTitle.share < 0.499 ? place(headings, s) : -1;
    return { url: row[0], title: row[1], description: row[2], type: row[3], category: row[4], products: row[5], section: headings[at] || null, score: s.score * factor };
  };
  function place(headings, s) {
    var most = Math.max.apply(null, s.places), eighth = s.places.indexOf(most), at = -1;
    if (most < 0.499) return -1;
    for (var i = 0; i < headings.length; i++) {
      if (headings[i].start <= eighth) at = i;
      if (headings[i].start === eighth) break;
    }
    return at;
  }
  function slug(text) {
    if (/[^\x00-\x7f]/.test(text)) return "";
    return text.toLowerCase().replace(/ /g, "-").replace(/[^a-z0-9_-]/g, "");
  }
  // search answers a query: {results, about, corrections, terms}. Terms are what
  // may be marked in a text.
  Index.prototype.search = async function (query, options) {
    options = options || {};
    var x = this, m = await x.manifest(), variants = x.variants, groups = parse(query, m.function, m.weak, variants);
    // A sign that no article has may be the variant of one that some have.
    if (m.variants && !variants) {
      var known = await Promise.all(groups.filter(function (g) {
        return (g.kind === "pair" || g.kind === "sign") && classOf(g.term) === HAN;
      }).map(function (g) {
        return x.list(g.term);
      }));
      if (known.indexOf(null) >= 0) {
        variants = x.variants = pairs(text8.decode(await x.file("variants", function (d) {
          return d;
        })));
        groups = parse(query, m.function, m.weak, variants);
      }
    }
    var found = await x.find(groups), nearest = !found.groups.length;
    if (nearest) found.groups = await x.nearest(groups);
    var ranked = x.rank(found.groups, await x.allowed(options.filters));
    var judge = new Judge(x, query, found.groups, variants);
    var rows = await Promise.all(ranked.slice(0, options.limit || 10).map(async function (s) {
      var file = await x.file("r/" + Math.floor(s.article / m.rows), json);
      return judge.result(file[s.article % m.rows], s);
    }));
    rows.sort(function (a, b) {
      return b.score - a.score;
    });
    var terms = [];
    judge.weight.forEach(function (w, t) {
      terms.push(t);
    });
    return { results: rows, about: ranked.length, nearest: nearest && ranked.length > 0, corrections: found.corrections, terms: terms };
  };

  // marks finds what of a text is one of terms: a list of [from, to) in UTF-16.
  function marks(text, terms) {
    var signs = Array.from(text), from = [], at = 0, hits = [], out = [];
    var folded = signs.map(function (s) {
      from.push(at);
      at += s.length;
      var n = normalise(s);
      return { sign: n.signs[0] || "", c: (n.classes[0] || 0) & ~UPPER };
    });
    from.push(at);
    for (var i = 0; i < signs.length; i++) {
      var c = folded[i].c;
      if (isSign(c)) {
        if (i + 1 < signs.length && terms.has(folded[i].sign + folded[i + 1].sign)) hits[i] = hits[i + 1] = true;
      } else if (c === LETTER || c === DIGIT) {
        var end = i, hit = false;
        while (end < signs.length && (folded[end].c === LETTER || folded[end].c === DIGIT || folded[end].c === JOINER)) end++;
        while (folded[end - 1].c === JOINER) end--;
        tokens(signs.slice(i, end).join(""), false, null, function (t) {
          hit = hit || terms.has(t.term);
        });
        for (; i < end; i++) hits[i] = hit;
        i--;
      }
    }
    for (i = 0; i < signs.length; i++) {
      if (!hits[i]) continue;
      var start = i;
      while (hits[i + 1]) i++;
      // two hiragana alone are an ending more often than a word
      if (i === start + 1 && folded[start].c === HIRA && folded[i].c === HIRA) continue;
      out.push([from[start], from[i + 1]]);
    }
    return out;
  }

  if (typeof document === "undefined") {
    globalThis.annaiSearch = { Index: Index, tokens: tokens, parse: parse, stem: reduce, marks: marks };
    return;
  }

  // ---- What the reader sees ----
  var forms = document.querySelectorAll("form[data-search]");
  var settings = forms.length ? forms[0].dataset : {};
  var texts = {};
  try {
    texts = JSON.parse(settings.texts || "{}");
  } catch (e) {
    // without words the list still leads to articles
  }
  function say(key, values) {
    return (texts[key] || "").replace(/\{(\w+)\}/g, function (all, name) {
      return values && name in values ? values[name] : all;
    });
  }
  function make(tag, attributes, children) {
    var e = document.createElement(tag);
    for (var name in attributes) e.setAttribute(name, attributes[name]);
    [].concat(children || []).forEach(function (c) {
      e.append(c);
    });
    return e;
  }

  // Files are asked for with the version of the index, so they are kept for ever.
  // When one is gone, the site was built anew: the second try begins with its
  // manifest.
  var index = new Index(async function (name) {
    var fresh = name === "manifest.bin", url = settings.search + name + (fresh ? "" : "?" + index.m.version);
    var answer = await fetch(url, { cache: fresh ? "no-cache" : "force-cache", credentials: "same-origin" }).catch(function (err) {
      // offline: what was read before is still there
      if (!fresh) throw err;
      return fetch(url, { cache: "force-cache" });
    });
    if (!answer.ok) throw new Error(url + ": " + answer.status);
    return answer.arrayBuffer();
  });
  async function search(query, options) {
    try {
      return await index.search(query, options);
    } catch (err) {
      if (!index.m) throw err;
      index = new Index(index.get);
      return index.search(query, options);
    }
  }
  function count(found, query) {
    // An opt-in of the site: which questions found nothing, without who asked.
    if ((!found.results.length || found.nearest) && settings.count && navigator.sendBeacon) navigator.sendBeacon(settings.count, new URLSearchParams({ locale: settings.locale, q: query }));
  }

  // highlighted is a text with what was found in <mark>.
  function highlighted(text, terms) {
    var out = document.createDocumentFragment(), at = 0;
    marks(text, terms).forEach(function (m) {
      out.append(text.slice(at, m[0]), make("mark", {}, text.slice(m[0], m[1])));
      at = m[1];
    });
    out.append(text.slice(at));
    return out;
  }
  function address(r) {
    return r.url + (r.section && r.section.id ? "#" + r.section.id : "");
  }
  function where(r) {
    return [r.category, r.section && r.section.text].filter(Boolean).join(" › ");
  }
  // remember what to mark in the article that is opened next, in this tab only.
  function remember(r, terms) {
    try {
      sessionStorage.setItem("annai-mark", JSON.stringify({ path: new URL(r.url, location.href).pathname, terms: Array.from(terms) }));
    } catch (e) {
      // nothing is marked then
    }
  }

  // The list below a search field: a combobox with a listbox.
  function combobox(form, number) {
    var input = form.querySelector("input[name=q]"), id = "search-list-" + number;
    var label = form.querySelector("label"), timer, asked = "", active = -1, options = [];
    var list = make("ul", { "class": "search-list", id: id, role: "listbox", "aria-label": label ? label.textContent : "", hidden: "" });
    var status = make("p", { "class": "search-status visually-hidden", role: "status" });
    form.append(list, status);
    var set = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id, autocomplete: "off" };
    for (var name in set) input.setAttribute(name, set[name]);

    function show(on) {
      list.hidden = !on;
      input.setAttribute("aria-expanded", String(on));
      if (!on) choose(-1);
    }
    function choose(n) {
      active = n;
      options.forEach(function (o, i) {
        o.node.setAttribute("aria-selected", String(i === n));
      });
      if (n < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", options[n].node.id);
      options[n].node.scrollIntoView({ block: "nearest" });
    }
    function add(children, go) {
      var node = make("li", { role: "option", id: id + "-" + options.length, "aria-selected": "false" }, children);
      node.addEventListener("mousedown", function (event) {
        event.preventDefault();
      });
      node.addEventListener("click", go);
      options.push({ node: node, go: go });
      list.append(node);
    }
    async function run() {
      var query = input.value.trim();
      if (query === asked) return query && options.length ? show(true) : undefined;
      asked = query;
      if (!query) {
        status.textContent = "";
        return show(false);
      }
      try {
        var found = await search(query, { limit: 6 });
      } catch (err) {
        if (query === asked) status.textContent = say("error");
        return;
      }
      if (query !== asked) return;
      var terms = new Set(found.terms);
      list.textContent = "";
      options = [];
      found.results.forEach(function (r) {
        var excerpt = r.section && r.section.text ? "" : r.description;
        add([make("span", { "class": "search-title" }, highlighted(r.title, terms)), make("span", { "class": "search-where" }, highlighted(where(r), terms)),
          excerpt ? make("span", { "class": "search-excerpt" }, highlighted(excerpt, terms)) : ""], function () {
          remember(r, terms);
          location.href = address(r);
        });
      });
      if (found.results.length) {
        add([say("all", { q: query })], function () {
          form.requestSubmit ? form.requestSubmit() : form.submit();
        });
      } else if (settings.contact) {
        add([say("none", { q: query }) + " ", say("person")], function () {
          location.href = settings.contact;
        });
      }
      status.textContent = (found.results.length && !found.nearest ? say("count", { n: found.results.length }) : say(found.nearest ? "nearest" : "none", { q: query })) + corrected(found);
      choose(-1);
      show(options.length > 0 && document.activeElement === input);
    }
    function soon() {
      clearTimeout(timer);
      timer = setTimeout(run, 120);
    }
    // While signs are being composed (IME) nothing is searched and no key is ours.
    input.addEventListener("input", function (event) {
      if (!event.isComposing) soon();
    });
    input.addEventListener("compositionend", soon);
    input.addEventListener("focus", function () {
      if (input.value.trim()) soon();
    });
    input.addEventListener("blur", function () {
      show(false);
    });
    input.addEventListener("keydown", function (event) {
      if (event.isComposing || event.keyCode === 229 || event.altKey || event.ctrlKey || event.metaKey) return;
      var open = !list.hidden;
      if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
        if (!open) show(true);
        var n = options.length + 1;
        choose(((active + 1 + (event.key === "ArrowDown" ? 1 : n - 1)) % n) - 1);
      } else if (event.key === "Enter" && open && active >= 0) options[active].go();
      else if (event.key === "Escape" && open) show(false);
      else if (event.key === "Escape" && input.value) input.value = asked = "";
      else return;
      event.preventDefault();
    });
    form.addEventListener("submit", function (event) {
      var page = document.querySelector("[data-search-results]");
      if (!input.value.trim()) return event.preventDefault();
      show(false);
      if (!page) return;
      event.preventDefault();
      results(page, input.value.trim(), {}, 10, true);
    });
    if (document.activeElement === input && input.value) soon();
  }
  function heading(text) {
    var h = document.querySelector("main h1");
    if (h && text) h.textContent = text;
  }
  function corrected(found) {
    return found.corrections.map(function (c) {
      return " " + say("corrected", { q: c.to, from: c.from });
    }).join("");
  }

  // The page of results. Its query and filters stand in the address.
  async function results(page, query, filters, limit, push) {
    var all = document.querySelector("[data-search-all]"), open = page.querySelector("details"), at = document.activeElement;
    page.hidden = false;
    if (all) all.hidden = true;
    heading(say("heading", { q: query }));
    forms.forEach(function (f) {
      f.querySelector("input[name=q]").value = query;
    });
    var address = new URLSearchParams({ q: query });
    for (var name in filters) filters[name].forEach(address.append.bind(address, name));
    history[push ? "pushState" : "replaceState"](null, "", "?" + address);
    page.setAttribute("aria-busy", "true");
    if (!page.firstChild) page.append(make("p", {}, say("loading")));
    try {
      var found = await search(query, { limit: limit, filters: filters });
      var facets = await index.file("facets", json);
    } catch (err) {
      page.replaceChildren(make("p", {}, say("error")));
      if (all) all.hidden = false;
      return page.removeAttribute("aria-busy");
    }
    count(found, query);
    var terms = new Set(found.terms), list = make("ol");
    var summary = found.results.length && !found.nearest ? say("count", { n: found.about }) : say("none", { q: query }) + (found.nearest ? " " + say("nearest") : "");
    found.results.forEach(function (r, i) {
      list.append(item(r, terms, i < 5));
    });
    page.replaceChildren(make("p", { "class": "search-summary" }, summary + corrected(found)), narrow(facets), list);
    // Who narrows down by keyboard stays where he was.
    if (at && at.name && !at.isConnected) page.querySelectorAll("input").forEach(function (c) {
      if (c.name === at.name && c.value === at.value) c.focus();
    });
    if (found.about > limit) {
      var more = make("button", { type: "button" }, say("more"));
      more.addEventListener("click", function () {
        results(page, query, filters, limit + 10);
      });
      page.append(more);
    }
    if (settings.contact) page.append(make("p", {}, make("a", { href: settings.contact }, say("person"))));
    page.removeAttribute("aria-busy");

    function narrow(facets) {
      var box = make("details", { "class": "search-facets" }, make("summary", {}, say("filter"))), narrowed = Object.keys(filters).length > 0;
      box.open = open ? open.open : narrowed || matchMedia("(min-width: 60rem)").matches;
      ["product", "category", "type"].forEach(function (name) {
        var values = Object.keys(facets[name] || {}).sort();
        if (values.length < 2) return;
        var set = make("fieldset", {}, make("legend", {}, say("filter." + name) || say("filter")));
        values.forEach(function (v) {
          var check = make("input", { type: "checkbox", name: name, value: v });
          check.checked = (filters[name] || []).indexOf(v) >= 0;
          check.addEventListener("change", function () {
            var next = {};
            box.querySelectorAll("input:checked").forEach(function (c) {
              (next[c.name] = next[c.name] || []).push(c.value);
            });
            results(page, query, next, 10);
          });
          set.append(make("label", {}, [check, " ", v]));
        });
        box.append(set);
      });
      return box.children.length > 1 && (found.results.length || narrowed) ? box : "";
    }
  }
  function item(r, terms, look) {
    var link = make("a", { "class": "search-title", href: address(r) }, highlighted(r.title, terms));
    var text = make("p", { "class": "search-excerpt" }, highlighted(r.description, terms));
    link.addEventListener("click", remember.bind(null, r, terms));
    // When nothing that is shown has the words, the article itself is read for
    // the lines that do.
    if (look && !marks(r.title + "\n" + r.description + "\n" + where(r), terms).length) excerpt(r, terms).then(function (found) {
      if (found) text.replaceChildren(highlighted(found, terms));
    });
    return make("li", {}, [link, make("span", { "class": "search-where" }, highlighted(where(r), terms)), text]);
  }
  async function excerpt(r, terms) {
    try {
      var page = new DOMParser().parseFromString(await (await fetch(r.url)).text(), "text/html");
      var best = "", most = 0;
      page.querySelectorAll("main p, main li, main td, main pre, main dd").forEach(function (e) {
        var text = e.textContent.replace(/\s+/g, " ").trim(), found = marks(text, terms);
        if (found.length <= most) return;
        most = found.length;
        var from = Math.max(0, found[0][0] - 40);
        best = (from ? "…" : "") + text.slice(from, from + 160) + (text.length > from + 160 ? "…" : "");
      });
      return best;
    } catch (err) {
      return "";
    }
  }

  // Articles beside a request form, from its subject as it is typed.
  function suggest(input) {
    var timer, asked = "", box = make("aside", { "class": "suggest", hidden: "", "aria-live": "polite" });
    (input.closest(".field") || input.parentElement).after(box);
    async function run() {
      var query = input.value.trim();
      if (query === asked) return;
      asked = query;
      try {
        var found = query.length < 3 ? null : await search(query, { limit: 3 });
      } catch (err) {
        return;
      }
      if (query !== asked) return;
      box.hidden = !found || !found.results.length || !!found.nearest;
      if (box.hidden) return;
      var terms = new Set(found.terms);
      box.replaceChildren(make("p", {}, make("strong", {}, say("suggested"))), make("ul", {}, found.results.map(function (r) {
        // a new tab: what was typed in the form stays
        return make("li", {}, make("a", { href: address(r), target: "_blank", rel: "noopener" }, highlighted(r.title, terms)));
      })));
    }
    function soon(event) {
      if (event.isComposing) return;
      clearTimeout(timer);
      timer = setTimeout(run, 400);
    }
    input.addEventListener("input", soon);
    input.addEventListener("compositionend", soon);
    if (input.value) run();
  }

  // Words of the search that led here are marked in the article.
  function mark() {
    try {
      var wanted = JSON.parse(sessionStorage.getItem("annai-mark"));
      sessionStorage.removeItem("annai-mark");
    } catch (e) {
      return;
    }
    var main = document.querySelector("main");
    if (!wanted || !main || wanted.path !== location.pathname) return;
    var terms = new Set(wanted.terms), nodes = [], left = 200;
    var walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT, function (n) {
      return n.parentElement.closest("script, style, form, nav, svg") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT;
    });
    while (walk.nextNode()) nodes.push(walk.currentNode);
    nodes.forEach(function (n) {
      var found = left > 0 ? marks(n.data, terms).length : 0;
      if (!found) return;
      left -= found;
      n.replaceWith(highlighted(n.data, terms));
    });
  }

  forms.forEach(combobox);
  document.querySelectorAll("[data-search-suggest]").forEach(suggest);
  var page = document.querySelector("[data-search-results]");
  function restore() {
    var asked = new URLSearchParams(location.search), filters = {};
    ["product", "category", "type"].forEach(function (name) {
      if (asked.has(name)) filters[name] = asked.getAll(name);
    });
    if (page && asked.get("q")) return results(page, asked.get("q").trim(), filters, 10);
    // back to where nothing was asked yet
    if (page && !page.hidden) location.reload();
  }
  restore();
  if (page) addEventListener("popstate", restore);
  mark();
})();
