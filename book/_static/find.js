// "Find an area": a search over all rows of a download of which the page shows a part. The rows
// come from downloads/<name>.js, by a script tag, when a reader asks for them: fetch() would not
// work on a page opened from disk. Without this script a note leads to the download.
(function () {
  "use strict";

  const MOST = 60; // rows of results
  const LONG = 24; // letters beyond which a name may take two lines
  const DITTO = "="; // a cell that is the same as the one above it
  const TO = "\x1f"; // stands for " to " in an interval
  const number = (value) => value.toLocaleString("en-GB");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  function load(download) {
    return new Promise((resolve, reject) => {
      const script = element("script", { src: `downloads/${download}.js` });
      script.addEventListener("load", () => resolve(unpack(window.bulletinFind[download])));
      script.addEventListener("error", reject);
      document.head.append(script);
    });
  }

  function unpack(about) {
    let above = [];
    about.table = about.rows.replaceAll(TO, " to ").split("\n").map((line) => {
      above = line.split("\t").map((cell, column) => {
        if (cell === DITTO) return above[column];
        return about.words[column].length ? about.words[column][Number(cell)] : cell;
      });
      return above;
    });
    about.texts = about.table.map((row) => plain(about.searched.map((at) => row[at]).join(" ")));
    return about;
  }

  function matches(about, asked) {
    const words = plain(asked).split(/\s+/);
    const start = words.join(" ");
    const found = about.table.filter((_, at) => words.every((word) => about.texts[at].includes(word)));
    const first = found.filter((row) => plain(row[0]).startsWith(start));
    return first.concat(found.filter((row) => !plain(row[0]).startsWith(start)));
  }

  function tableOf(about, rows, title) {
    const facts = about.columns.length - about.facts; // the first column of facts
    const kind = (column) => (column < about.groups ? "" : column < facts ? "num" : "fact");
    const head = element("tr");
    about.columns.forEach((label, column) => {
      head.append(element("th", { scope: "col", className: kind(column) }, label));
    });
    const body = element("tbody");
    for (const row of rows) {
      const line = element("tr");
      row.forEach((text, column) => {
        const group = column < about.groups;
        const name = text.length > LONG ? "long" : "";
        const properties = group ? { scope: "row", className: name } : { className: kind(column) };
        line.append(element(group ? "th" : "td", properties, text));
      });
      body.append(line);
    }
    const caption = element("caption", {}, title);
    return element("table", { className: "bulletin-table" }, caption, element("thead", {}, head), body);
  }

  function addBox(place) {
    const { download, thing, count } = place.dataset;
    const input = element("input", { type: "search", id: `find-${download}`, autocomplete: "off" });
    const label = element("label", { htmlFor: input.id }, `Find an ${thing}`);
    const hint = element(
      "span", { id: `${input.id}-hint`, className: "bulletin-hint" },
      `Type a part of the name or the code: all ${count} ${thing}s are searched, also those that the table below does not show.`,
    );
    input.setAttribute("aria-describedby", hint.id);
    const status = element("p", { className: "bulletin-found" });
    status.setAttribute("role", "status");
    const results = element("div", { className: "bulletin-table-wrap", tabIndex: 0, hidden: true });
    results.setAttribute("role", "region");
    results.setAttribute("aria-label", `${thing[0].toUpperCase()}${thing.slice(1)}s found`);
    place.replaceChildren(label, input, hint, status, results);

    let data = null;
    let wait = 0;
    input.addEventListener("focus", () => (data ??= load(download)), { once: true });
    input.addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(() => show(input.value.trim()), 150);
    });

    async function show(asked) {
      if (asked.length < 2) {
        results.hidden = true;
        status.textContent = "";
        return;
      }
      try {
        const about = await (data ??= load(download));
        if (asked === input.value.trim()) display(about, asked);
      } catch {
        data = null;
        status.textContent = "The search does not work here. The download below has all rows.";
      }
    }

    function display(about, asked) {
      const found = matches(about, asked);
      const names = new Set(found.map((row) => row[0])).size;
      const things = `${number(names)} ${names === 1 ? thing : `${thing}s`}`;
      const key = Object.entries(about.statuses).map(([sign, words]) => `${sign} ${words}`).join("; ");
      status.textContent = !found.length
        ? `No ${thing} has “${asked}” in its name or code.`
        : found.length > MOST
          ? `${things} found, in ${number(found.length)} rows; the first ${MOST} are shown. ${key && `${key}.`}`
          : `${things} found, in ${number(found.length)} rows. ${key && `${key}.`}`;
      results.hidden = !found.length;
      results.replaceChildren(tableOf(about, found.slice(0, MOST), `Found: ${asked}`));
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".bulletin-find").forEach(addBox);
  });
})();
