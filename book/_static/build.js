// "Build your own table": rows, columns, filters and measures chosen from a cube, which is a
// download of this edition. The cube comes from downloads/<name>.cube.js, by a script tag, when it
// is chosen: fetch() would not work on a page opened from disk. Every number shown is looked up in
// the cube; none is worked out here. Without this script the list of ready tables stands there.
(function () {
  "use strict";

  const ALONE = -1; // a number stands for itself
  const ABOVE = -2; // a number is what it is more than the one above
  const SHORT = 30; // values that a list to choose one from may have, without a search
  const LISTED = 400; // values that are listed at once
  const MOST = 1000; // rows that are shown
  const WIDEST = 10; // columns of numbers beyond which a measure and its interval share one
  const LONG = 24; // letters beyond which the name of a group may take two lines
  const number = (value) => value.toLocaleString("en-GB");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const lower = (text) => text[0].toLowerCase() + text.slice(1);
  const listed = (words) => words.join(", ").replace(/, ([^,]*)$/, " and $1");
  const count = (of, thing) => `${number(of)} ${thing}${of === 1 ? "" : "s"}`;

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  // Reading a cube

  const cubes = {};
  window.bulletinCube = (packed) => (cubes[packed.download] = unpack(packed));

  function load(download) {
    if (cubes[download]) return Promise.resolve(cubes[download]);
    return new Promise((resolve, reject) => {
      const script = element("script", { src: `downloads/${download}.cube.js` });
      script.addEventListener("load", () => resolve(cubes[download]));
      script.addEventListener("error", reject);
      document.head.append(script);
    });
  }

  function unpack(packed) {
    const half = packed.signs.length / 2;
    const signs = new Map([...packed.signs].map((sign, place) => [sign, place]));

    function steps(text) {
      const found = [];
      let value = 0;
      for (const sign of text) {
        const place = signs.get(sign);
        value = value * half + (place % half);
        if (place >= half) continue;
        found.push(value);
        value = 0;
      }
      return found;
    }

    // Numbers, and null for a blank; `others` are the columns before.
    function series([base, runs, text], others) {
      const found = [];
      let above = 0;
      const add = (step) => {
        const at = found.length;
        const from = base === ABOVE ? above : base === ALONE ? 0 : (others[base][at] ?? 0);
        const value = step === 0 ? null : from + (step % 2 ? (step - 1) / 2 : -step / 2);
        found.push(value);
        above = value ?? 0;
      };
      const all = steps(text);
      if (!runs) all.forEach(add);
      for (let at = 0; runs && at < all.length; at += 2) {
        for (let more = all[at + 1]; more >= 0; more -= 1) add(all[at]);
      }
      return found;
    }

    function words(texts) {
      if (Array.isArray(texts)) return texts;
      let above = "";
      return texts.split(packed.between).map((text) => {
        above = above.slice(0, signs.get(text[0])) + text.slice(1);
        return above;
      });
    }

    const dimensions = packed.dimensions.map((about) => {
      const codes = words(about.codes);
      const names = about.names ? words(about.names) : codes;
      const shown = about.shown ? words(about.shown) : names;
      const group = about.groups ? series(about.group) : null;
      const found = shown.map((text, at) => plain(`${text} ${codes[at]}`));
      const places = new Map(codes.map((code, place) => [code, place]));
      return { ...about, codes, names, shown, group, found, places };
    });
    const size = dimensions.reduce((all, { codes }) => all * codes.length, 1);
    const rows = new Int32Array(size).fill(-1);
    let at = -1;
    series(packed.gaps).forEach((gap, row) => (rows[(at += gap + 1)] = row));

    const values = [];
    const marks = [];
    const signsOf = Object.keys(packed.statuses);
    const columns = packed.columns.map((about) => {
      const own = series(about.value, values);
      const mark = series(about.status, marks);
      values.push(own);
      marks.push(mark);
      const text = (row) => {
        if (own[row] === null) return "";
        if (about.words) return about.words[own[row]];
        const digits = String(Math.abs(own[row])).padStart(about.decimals + 1, "0");
        const whole = digits.slice(0, digits.length - about.decimals);
        const rest = about.decimals ? `.${digits.slice(-about.decimals)}` : "";
        return `${own[row] < 0 ? "-" : ""}${whole}${rest}`;
      };
      return { name: about.name, text, status: (row) => signsOf[mark[row]] };
    });
    return { ...packed, dimensions, rows, columns };
  }

  // The row of the download at one value of each dimension; -1 where it has none.
  function rowAt(cube, at) {
    return cube.rows[cube.dimensions.reduce((place, { codes }, of) => place * codes.length + at[of], 0)];
  }

  // What is chosen

  function startOf(cube) {
    const of = (code) => cube.dimensions.findIndex((dimension) => dimension.columns[0] === code);
    const { rows, columns, measures, where = {} } = cube.start;
    const all = cube.measures.map((_, at) => at);
    const named = all.filter((at) => measures?.includes(cube.columns[cube.measures[at].columns[0]].name));
    const choice = {
      cube,
      rows: (rows ?? [cube.dimensions[0].columns[0]]).map(of),
      column: columns ? of(columns) : -1,
      measures: named.length ? named : all.slice(0, 1),
      many: cube.dimensions.map((dimension) => new Set(everyOf(dimension))),
      one: cube.dimensions.map(({ total }) => Math.max(total, 0)),
    };
    for (const [code, wanted] of Object.entries(where)) {
      const found = wanted.flatMap((word) => valuesOf(cube.dimensions[of(code)], String(word)));
      if (found.length) take(choice, of(code), new Set(found));
    }
    // What is not chosen in its rows may still be too much for a table, such as 7,201 areas.
    cube.dimensions.forEach((dimension, at) => {
      if (choice.many[at].size > LISTED && dimension.groups) {
        choice.many[at] = new Set(valuesOf(dimension, dimension.groups[0]));
      }
    });
    return choice;
  }

  // Several values where the dimension is in rows or columns, one where it is a filter.
  function take(choice, of, values) {
    if (spread(choice).includes(of)) choice.many[of] = values;
    else choice.one[of] = Math.min(...values);
  }

  const everyOf = (dimension) => dimension.codes.map((_, at) => at);

  function valuesOf(dimension, word) {
    const group = dimension.groups ? dimension.groups.indexOf(word) : -1;
    if (group >= 0) return everyOf(dimension).filter((at) => dimension.group[at] === group);
    return dimension.places.has(word) ? [dimension.places.get(word)] : [];
  }

  const spread = (choice) => [...choice.rows, ...(choice.column < 0 ? [] : [choice.column])];
  const chosen = (choice, of) => everyOf(choice.cube.dimensions[of]).filter((at) => choice.many[of].has(at));

  // The address: a group is @its name, all is *, what is left out of one follows with a minus.

  function addressOf(choice) {
    const { cube } = choice;
    const code = (of) => cube.dimensions[of].columns[0];
    const parts = [["table", [cube.download]], ["rows", choice.rows.map(code)]];
    if (choice.column >= 0) parts.push(["columns", [code(choice.column)]]);
    parts.push(["measures", choice.measures.map((at) => cube.columns[cube.measures[at].columns[0]].name)]);
    cube.dimensions.forEach((dimension, of) => {
      const wide = spread(choice).includes(of);
      parts.push([code(of), wide ? inWords(dimension, choice.many[of]) : [dimension.codes[choice.one[of]]]]);
    });
    return `#${parts.map(([key, words]) => `${key}=${words.map(encodeURIComponent).join("~")}`).join("&")}`;
  }

  function inWords(dimension, many) {
    if (many.size === dimension.codes.length) return ["*"];
    const groups = dimension.groups ?? ["*"];
    return groups.flatMap((name, group) => {
      const all = everyOf(dimension).filter((at) => !dimension.groups || dimension.group[at] === group);
      const inside = all.filter((at) => many.has(at));
      if (inside.length <= all.length / 2) return inside.map((at) => dimension.codes[at]);
      const without = all.filter((at) => !many.has(at)).map((at) => `-${dimension.codes[at]}`);
      return [dimension.groups ? `@${name}` : name, ...without];
    });
  }

  function wordsOf(address) {
    const pairs = address.replace(/^#/, "").split("&").map((part) => part.split("="));
    const known = pairs.filter(([key, value]) => key && value !== undefined);
    try {
      return new Map(known.map(([key, value]) => [key, value.split("~").map(decodeURIComponent)]));
    } catch {
      return new Map();
    }
  }

  // What the address says of a cube, and the words of it that the cube does not know.
  function choiceOf(cube, words) {
    const choice = startOf(cube);
    const codes = cube.dimensions.map((dimension) => dimension.columns[0]);
    const names = cube.measures.map((measure) => cube.columns[measure.columns[0]].name);
    const unknown = [];
    const among = (known, key) => (words.get(key) ?? []).map((word) => {
      if (!known.includes(word)) unknown.push(word);
      return known.indexOf(word);
    }).filter((at) => at >= 0);

    const rows = [...new Set(among(codes, "rows"))].slice(0, 2);
    if (rows.length) {
      choice.rows = rows;
      choice.column = among(codes, "columns").find((at) => !rows.includes(at)) ?? -1;
    }
    const measures = among(names, "measures").sort((one, other) => one - other);
    if (measures.length) choice.measures = [...new Set(measures)];
    cube.dimensions.forEach((dimension, of) => {
      const said = words.get(codes[of]);
      if (!said) return;
      const many = new Set();
      for (const word of said) {
        const minus = word[0] === "-" && !dimension.places.has(word);
        const bare = minus || word[0] === "@" ? word.slice(1) : word;
        const found = word === "*" ? everyOf(dimension) : valuesOf(dimension, bare);
        if (!found.length) unknown.push(word);
        found.forEach((at) => (minus ? many.delete(at) : many.add(at)));
      }
      if (many.size) take(choice, of, many);
    });
    return { choice, unknown };
  }

  // The table: what it is called, its heads and its cells

  function tableOf(choice) {
    const { cube } = choice;
    const at = [...choice.one];
    const label = (of) => cube.dimensions[of].label;
    const across = choice.column < 0 ? [null] : chosen(choice, choice.column);
    const [first, second] = choice.rows;
    const inner = second === undefined ? [null] : chosen(choice, second);
    let places = [];
    for (const outer of chosen(choice, first)) {
      for (const within of inner) {
        at[first] = outer;
        if (within !== null) at[second] = within;
        const row = across.map((value) => {
          if (value !== null) at[choice.column] = value;
          return rowAt(cube, at);
        });
        places.push({ heads: within === null ? [outer] : [outer, within], row });
      }
    }
    // What the download has nothing of at all is no part of the table.
    places = places.filter(({ row }) => row.some((place) => place >= 0));
    const there = across.map((_, column) => places.some(({ row }) => row[column] >= 0));
    const columns = across.filter((_, column) => there[column]);
    places = places.map(({ heads, row }) => ({ heads, row: row.filter((_, column) => there[column]) }));

    const wide = choice.measures.reduce((sum, of) => sum + cube.measures[of].labels.length, 0);
    const joined = wide * columns.length > WIDEST;
    const pieces = choice.measures.flatMap((of) => piecesOf(cube, cube.measures[of], joined));
    const filters = cube.dimensions
      .map((dimension, of) => [dimension.label, dimension.shown[choice.one[of]], of])
      .filter(([, , of]) => !spread(choice).includes(of));
    const measures = choice.measures.map((of) => cube.measures[of].labels[0]);
    const by = listed(spread(choice).map((of) => lower(label(of))));
    return {
      title: `${listed(measures.map((words, of) => (of ? lower(words) : words)))} by ${by}`,
      filters: filters.map(([name, value]) => [name, value]),
      heads: choice.rows.map(label),
      over: choice.column < 0 ? "" : label(choice.column),
      across: columns.map((value) => (value === null ? "" : cube.dimensions[choice.column].shown[value])),
      labels: pieces.map((piece) => piece.label),
      rows: places.map(({ heads, row }) => ({
        heads: heads.map((value, of) => cube.dimensions[choice.rows[of]].shown[value]),
        total: heads.some((value, of) => value === cube.dimensions[choice.rows[of]].total),
        cells: row.flatMap((place) => pieces.map((piece) => (place < 0 ? "[z]" : piece.text(place)))),
        places: row.filter((place) => place >= 0),
      })),
    };
  }

  const grouped = (text) => text.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));

  // As on the other pages: a number with its mark, or the mark alone; limits in words.
  function piecesOf(cube, measure, joined) {
    const [own, low, high] = measure.columns.map((at) => cube.columns[at]);
    const [label, interval] = measure.labels;
    const value = (row) => `${grouped(own.text(row))} ${own.status(row)}`.trim();
    if (!low) return [{ label, text: value }];
    const limit = (column, row) => grouped(column.text(row)) || column.status(row);
    const limits = (row) =>
      low.text(row) || high.text(row) ? `${limit(low, row)} to ${limit(high, row)}` : limit(low, row);
    if (!joined) return [{ label, text: value }, { label: interval, text: limits }];
    const both = (row) =>
      [own, low, high].some((column) => column.text(row)) ? `${value(row)} (${limits(row)})` : value(row);
    return [{ label: `${label} (${lower(interval)})`, text: both }];
  }

  const quoted = (cell) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const inCsv = (rows) => rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");

  // The table as it is shown, without commas in numbers; each filter is a column.
  function shownCsv({ heads, filters, across, labels, rows }) {
    const top = across.flatMap((value) => labels.map((label) => (value ? `${value}: ${label}` : label)));
    const bare = (cell) => cell.replace(/\d,(?=\d{3})/g, (found) => found[0]);
    return inCsv([
      [...heads, ...filters.map(([name]) => name), ...top],
      ...rows.map((row) => [...row.heads, ...filters.map(([, value]) => value), ...row.cells.map(bare)]),
    ]);
  }

  // The rows of the download that the table shows, to the letter: codes, numbers, statuses.
  function tidyCsv(choice, { rows }) {
    const { cube } = choice;
    const wanted = new Map();
    cube.dimensions.forEach((dimension, of) => {
      const size = cube.dimensions.slice(of + 1).reduce((all, { codes }) => all * codes.length, 1);
      const value = (place) => Math.floor(place / size) % dimension.codes.length;
      const [code, ...others] = dimension.columns;
      wanted.set(code, (_, place) => dimension.codes[value(place)]);
      const group = dimension.groups ? others.pop() : null;
      if (group) wanted.set(group, (_, place) => dimension.groups[dimension.group[value(place)]]);
      if (others.length) wanted.set(others[0], (_, place) => dimension.names[value(place)]);
    });
    for (const column of choice.measures.flatMap((of) => cube.measures[of].columns)) {
      const { name, text, status } = cube.columns[column];
      wanted.set(name, text).set(`${name}_status`, status);
    }
    const order = cube.order.filter((column) => wanted.has(column));
    const places = new Map();
    cube.rows.forEach((row, place) => row >= 0 && places.set(row, place));
    const line = (row) => order.map((column) => wanted.get(column)(row, places.get(row)));
    return inCsv([order, ...rows.flatMap((row) => row.places).map(line)]);
  }

  function draw(table) {
    const { heads, over, across, labels, rows } = table;
    const single = labels.length === 1 && over;
    const cell = (text, properties) => element("th", { scope: "col", ...properties }, text);
    const head = element("thead");
    if (over) {
      // A number says nothing by itself: 14 what?
      const named = across.some((value) => /^[\d<]/.test(value));
      const down = 1 + named + !single;
      const tops = heads.map((label) => cell(label, { rowSpan: down }));
      const own = single ? { className: "num" } : { scope: "colgroup", colSpan: labels.length };
      const values = across.map((value) => cell(value, own));
      const width = labels.length * across.length;
      if (named) {
        const name = cell(over, { scope: "colgroup", colSpan: width });
        head.append(element("tr", {}, ...tops, name), element("tr", {}, ...values));
      } else head.append(element("tr", {}, ...tops, ...values));
    }
    if (!single) {
      const own = (over ? across : [""]).flatMap(() =>
        labels.map((label, at) => cell(label, { className: over && !at ? "num first" : "num" })));
      head.append(element("tr", {}, ...(over ? [] : heads.map((label) => cell(label))), ...own));
    }
    const body = element("tbody");
    for (const row of rows.slice(0, MOST)) {
      const line = element("tr", { className: row.total ? "total" : "" });
      for (const name of row.heads) {
        line.append(element("th", { scope: "row", className: name.length > LONG ? "long" : "" }, name));
      }
      row.cells.forEach((text, at) => {
        const first = over && labels.length > 1 && at % labels.length === 0;
        const [value, limits] = text.split(/ (?=\()/);
        const made = element("td", { className: first ? "first" : "" }, value);
        if (limits) made.append(" ", element("span", { className: "limits" }, limits));
        line.append(made);
      });
      body.append(line);
    }
    const caption = element("caption", { id: "build-caption" }, table.title);
    const said = table.filters.map(([name, value]) => `${name}: ${value}`).join(". ");
    if (said) caption.append(element("span", { className: "bulletin-filters" }, ` ${said}.`));
    return element("table", { className: "bulletin-table", id: "built" }, caption, head, body);
  }

  // The page

  function build(place) {
    const ready = place.querySelector(".bulletin-ready");
    const tables = [...ready.children].map((item) => ({ ...item.dataset, item }));
    const named = (download) => tables.find((table) => table.cube === download);
    const controls = element("form", { className: "bulletin-controls" });
    const status = element("p", { className: "bulletin-found" });
    status.setAttribute("role", "status");
    const wrap = element("div", { className: "bulletin-table-wrap", tabIndex: 0, hidden: true });
    wrap.setAttribute("role", "region");
    wrap.setAttribute("aria-labelledby", "build-caption");
    const foot = element("div", { className: "bulletin-built-foot" });
    const whole = element("details", { className: "bulletin-whole" });
    controls.addEventListener("submit", (event) => event.preventDefault());
    place.replaceChildren(controls, status, wrap, foot, whole);
    whole.append(element("summary", {}, "Ready tables, whole"), ready);

    let choice = null;
    let written = null; // the address as this page last wrote it
    let asked = 0;
    let links = [];
    const open = new Set();

    async function show(download, words = new Map()) {
      const turn = (asked += 1);
      status.textContent = "The table is being loaded.";
      let cube;
      try {
        cube = await load(download);
      } catch {
        if (turn === asked) fail(download);
        return false;
      }
      if (turn !== asked) return false;
      const found = choiceOf(cube, words);
      choice = found.choice;
      open.clear();
      redraw();
      const wanted = words.get("table")?.[0] ?? download;
      const unknown = found.unknown.join(", ");
      if (wanted !== download) {
        status.prepend(`This edition has no table ${wanted}; here is its first one. `);
      } else if (unknown) status.prepend(`Not in this edition, and left out: ${unknown}. `);
      return true;
    }

    function fail(download) {
      wrap.hidden = true;
      foot.replaceChildren();
      const { title } = named(download);
      status.textContent = `“${title}” could not be loaded. All of it is under “Ready tables, whole”.`;
      whole.open = true;
    }

    function read() {
      written = window.location.hash;
      const words = wordsOf(window.location.hash);
      const wanted = words.get("table")?.[0];
      show(named(wanted) ? wanted : tables[0].cube, words);
    }

    // A change of the layout is a step back in the browser's history; a tick is not.
    function changed(layout) {
      written = addressOf(choice);
      try {
        if (layout) window.history.pushState(null, "", written);
        else window.history.replaceState(null, "", written);
      } catch {
        window.location.hash = written;
      }
      if (layout) redraw();
      else redrawTable();
    }

    function redraw() {
      const focused = document.activeElement?.id;
      drawControls();
      if (focused) document.getElementById(focused)?.focus();
      redrawTable();
    }

    function select(id, label, options, value, act) {
      const made = element("select", { id });
      for (const [key, words] of options) {
        made.add(new Option(words, key, false, String(key) === String(value)));
      }
      made.addEventListener("change", () => act(made.value));
      return element("p", {}, element("label", { htmlFor: id }, label), made);
    }

    function drawControls() {
      const { cube } = choice;
      const about = named(cube.download);
      const titles = tables.map(({ cube: key, title }) => [key, title]);
      const from = select("build-table", "Numbers", titles, cube.download, async (key) => {
        if (await show(key)) changed(true);
      });
      const link = element("a", { href: `${cube.page}.html` }, "About these numbers");
      const notes = element("p", { className: "bulletin-hint", id: "build-notes" }, `${cube.notes} `, link);
      from.querySelector("select").setAttribute("aria-describedby", notes.id);
      from.className = "wide";

      const all = cube.dimensions.map(({ label }, of) => [of, label]);
      const [first, second = -1] = choice.rows;
      const none = [[-1, "None"]];
      const layout = element(
        "fieldset", {}, element("legend", {}, "Layout"),
        select("build-rows", "Rows", all, first, (key) => lay(Number(key), second, choice.column, 0)),
        select("build-within", "Rows within rows", none.concat(all.filter(([of]) => of !== first)), second,
          (key) => lay(first, Number(key), choice.column, 1)),
        select("build-columns", "Columns", none.concat(all), choice.column,
          (key) => lay(first, second, Number(key), 2)),
      );
      const measures = element("fieldset", {}, element("legend", {}, "Measures"));
      measures.append(...cube.measures.map(measureBox));
      const wide = spread(choice);
      const filters = cube.dimensions.map((_, of) => of).filter((of) => !wide.includes(of));
      const short = filters.filter((of) => cube.dimensions[of].codes.length <= SHORT);
      const values = element("fieldset", { className: "values" }, element("legend", {}, "What is shown"));
      values.append(...short.map((of) => {
        const { label, shown } = cube.dimensions[of];
        return select(`build-one-${of}`, label, shown.map((text, at) => [at, text]), choice.one[of], (at) => {
          choice.one[of] = Number(at);
          changed(false);
        });
      }));
      values.append(...[...filters.filter((of) => !short.includes(of)), ...wide].map(chooser));
      const reset = element("button", { type: "button", id: "build-reset" }, "Back to the first layout");
      reset.addEventListener("click", () => {
        choice = startOf(cube);
        open.clear();
        changed(true);
      });
      const last = element("p", { className: "wide" }, reset);
      controls.replaceChildren(from, notes, layout, measures, values, last);
    }

    // A dimension stands in one place: where it is put, what was there takes its own.
    function lay(first, second, column, moved) {
      const before = [choice.rows[0], choice.rows[1] ?? -1, choice.column];
      const places = [first, second, column];
      const twice = places.findIndex((of, at) => at !== moved && of >= 0 && of === places[moved]);
      if (twice >= 0) places[twice] = before[moved];
      if (places[0] < 0) places[0] = places.splice(1, 1, -1)[0];
      choice.rows = [places[0], places[1]].filter((of) => of >= 0);
      choice.column = places[2];
      changed(true);
    }

    function measureBox(measure, of) {
      const box = element("input", { type: "checkbox", id: `build-measure-${of}` });
      box.checked = choice.measures.includes(of);
      box.addEventListener("change", () => {
        const shown = (at) => (at === of ? box.checked : choice.measures.includes(at));
        const kept = choice.cube.measures.map((_, at) => at).filter(shown);
        box.checked = box.checked || !kept.length; // the last one stays
        if (kept.length) choice.measures = kept;
        changed(false);
      });
      const interval = measure.labels.length > 1 ? ", with its interval" : "";
      return element("label", { className: "tick" }, box, ` ${measure.labels[0]}${interval}`);
    }

    // Values of a dimension: several where it is in rows or columns, one where it is a filter.
    function chooser(of) {
      const dimension = choice.cube.dimensions[of];
      const several = spread(choice).includes(of);
      const summary = element("summary", { id: `build-sum-${of}` });
      const box = element("details", { className: "bulletin-chooser", open: open.has(of) }, summary);
      const list = element("div", { className: "list", tabIndex: 0 });
      list.setAttribute("role", "group");
      list.setAttribute("aria-label", dimension.label);
      const hint = element("p", { className: "bulletin-hint" });
      hint.setAttribute("role", "status");
      const search = element("input", { type: "search", id: `build-search-${of}`, autocomplete: "off" });
      const ticks = element("div", { className: "groups" });
      box.addEventListener("toggle", () => {
        if (box.open) open.add(of);
        else open.delete(of);
        if (box.open && !list.children.length) fill();
      });
      if (dimension.codes.length > SHORT) {
        const words = `Find in ${number(dimension.codes.length)}, by name or code`;
        box.append(element("p", {}, element("label", { htmlFor: search.id }, words), search));
        search.addEventListener("input", fill);
      }
      if (several) box.append(ticks);
      box.append(list, hint);
      say();
      if (box.open) fill();
      return box;

      function say() {
        const size = choice.many[of].size;
        const all = dimension.codes.length;
        const words = !several ? dimension.shown[choice.one[of]]
          : size === 1 ? dimension.shown[[...choice.many[of]][0]]
            : size === all ? `all ${number(all)}` : `${number(size)} of ${number(all)}`;
        summary.replaceChildren(element("b", {}, `${dimension.label}:`), ` ${words}`);
        if (several) drawTicks();
      }

      function set(values, on) {
        values.forEach((at) => (on ? choice.many[of].add(at) : choice.many[of].delete(at)));
        say();
        changed(false);
      }

      function drawTicks() {
        const focused = document.activeElement?.id;
        const groups = dimension.groups ?? [];
        const named = groups.map((name) => [name, valuesOf(dimension, name)]);
        const sets = [["All", everyOf(dimension)], ...named];
        ticks.replaceChildren(...sets.map(([name, values], at) => {
          const inside = values.filter((value) => choice.many[of].has(value)).length;
          const tick = element("input", { type: "checkbox", id: `build-group-${of}-${at}` });
          tick.checked = inside === values.length;
          tick.indeterminate = inside > 0 && inside < values.length;
          tick.addEventListener("change", () => {
            set(values, tick.checked);
            fill();
          });
          const size = values.length > 1 ? ` (${number(values.length)})` : "";
          return element("label", { className: "tick" }, tick, ` ${name}${size}`);
        }));
        if (focused && focused !== document.activeElement?.id) document.getElementById(focused)?.focus();
      }

      function fill() {
        const words = plain(search.value.trim()).split(/\s+/);
        const fits = (at) => words.every((word) => dimension.found[at].includes(word));
        const found = everyOf(dimension).filter(fits);
        list.replaceChildren(...found.slice(0, LISTED).map((at) => {
          const type = several ? "checkbox" : "radio";
          const id = `build-value-${of}-${at}`;
          const input = element("input", { type, id, name: `build-of-${of}` });
          input.checked = several ? choice.many[of].has(at) : choice.one[of] === at;
          input.addEventListener("change", () => {
            if (several) set([at], input.checked);
            else {
              choice.one[of] = at;
              say();
              changed(false);
            }
          });
          return element("label", { className: "tick" }, input, ` ${dimension.shown[at]}`);
        }));
        list.hidden = !found.length;
        const asked = search.value.trim();
        const first = `The first ${number(LISTED)} of ${number(found.length)} are listed.`;
        hint.textContent = !found.length ? `None has “${asked}” in its name or code.`
          : found.length > LISTED ? `${first} Type a part of a name to find others.`
            : asked ? `${number(found.length)} found.` : "";
      }
    }

    function redrawTable() {
      const table = tableOf(choice);
      const empty = spread(choice).find((of) => !choice.many[of].size);
      links.forEach((url) => URL.revokeObjectURL(url));
      links = [];
      wrap.hidden = !table.rows.length;
      if (!table.rows.length) {
        foot.replaceChildren();
        status.textContent = empty === undefined
          ? "There are no numbers for this choice: the table does not cross all that it holds. " +
            "Choose a total for one of the filters."
          : `Nothing is chosen under ${choice.cube.dimensions[empty].label}. Choose at least one.`;
        return;
      }
      wrap.replaceChildren(draw(table));
      const rows = table.rows.length;
      const width = table.across.length * table.labels.length;
      const words = rows > MOST
        ? `The first ${number(MOST)} of ${number(rows)} rows are shown; the CSV has all.`
        : `${count(rows, "row")} and ${count(width, "column")} of numbers are shown.`;
      // Who does not see the table hears which one it is, whatever has changed.
      const filters = table.filters.map(([name, value]) => `${name}: ${value}.`).join(" ");
      const heard = ` ${table.title}. ${filters}`;
      status.replaceChildren(words, element("span", { className: "visually-hidden" }, heard));
      drawFoot(table);
      window.dispatchEvent(new Event("resize")); // the header sticks below the rows above it
    }

    function drawFoot(table) {
      const { cube } = choice;
      const cells = table.rows.flatMap((row) => row.cells);
      const signs = new Set(cells.flatMap((cell) => cell.match(/\[\w\]/g) ?? []));
      const known = Object.entries(cube.statuses).filter(([sign]) => signs.has(sign));
      const key = known.map(([sign, words]) => `${sign} ${words}`);
      const edition = document.querySelector('meta[name="bulletin-edition"]')?.content ?? "table";
      const by = spread(choice).map((of) => cube.dimensions[of].columns[0]);
      const file = [edition, cube.download, ...by].join("-");
      const csv = (words, kind, text) => {
        const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
        links.push(url);
        const made = element("a", { className: "bulletin-download", id: `build-${kind}` }, words);
        return Object.assign(made, { href: url, download: `${file}-${kind}.csv` });
      };
      const address = element("input", { id: "build-address", readOnly: true });
      address.value = new URL(addressOf(choice), window.location.href).href;
      address.addEventListener("focus", () => address.select());
      const label = element("label", { htmlFor: address.id }, "Address of this table");
      const copy = element("button", { type: "button" }, "Copy");
      copy.addEventListener("click", async () => {
        address.select();
        try {
          await navigator.clipboard.writeText(address.value);
        } catch {
          document.execCommand("copy");
        }
        status.textContent = "The address is copied.";
      });
      const source = named(cube.download);
      const parts = [
        csv("Download this table (CSV)", "shown", shownCsv(table)), " or its ",
        csv("rows in tidy form, with codes (CSV)", "tidy", tidyCsv(choice, table)), ".",
      ];
      foot.replaceChildren(
        element("p", { className: "bulletin-table-foot" }, key.length ? `${key.join("; ")}. ` : "", ...parts),
        element("p", { className: "bulletin-address" }, label, address, copy),
      );
      const said = foot.querySelector(".bulletin-table-foot");
      said.append(` Source: ${source.title} (${cube.download}.csv).`);
      const rules = element("a", { href: "methods.html#rules" }, "Rule");
      if (cube.rule) said.append(" ", rules, `: ${cube.rule}.`);
    }

    window.addEventListener("hashchange", () => window.location.hash !== written && read());
    read();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".bulletin-build").forEach(build);
  });
})();
