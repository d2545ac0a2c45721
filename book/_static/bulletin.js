// The switcher over editions, the notice on old ones, and a filter for long tables. Without this
// script the pages lack these three and nothing else. It asks for nothing: the list of editions
// comes from editions.js beside the editions, loaded by a script tag.
(function () {
  "use strict";

  const LONG = 30; // rows from which a table gets a filter

  // Search shows words around a hit by fetch(), which a page opened from disk may not use.
  const options = typeof DOCUMENTATION_OPTIONS === "undefined" ? {} : DOCUMENTATION_OPTIONS;
  if (window.location.protocol === "file:") options.SHOW_SEARCH_SUMMARY = false;

  function urlOf(edition, page) {
    const root = document.documentElement.dataset.content_root || "./";
    return `${root}../${edition.edition}/${edition.pages.includes(page) ? page : "index"}.html`;
  }

  function showEditions(known) {
    const meta = document.querySelector('meta[name="bulletin-edition"]');
    const select = document.getElementById("bulletin-editions");
    if (!meta || !select || !known || !known.editions.length) return;
    const page = options.pagename || "index";

    for (const edition of known.editions) {
      const name = `${edition.released_words} (${edition.edition})`;
      select.add(new Option(name, urlOf(edition, page), false, edition.edition === meta.content));
    }
    // The same place of the page; on "Build your own table" the same table.
    select.addEventListener("change", () => {
      window.location.assign(select.value + window.location.hash);
    });
    select.closest(".bulletin-switcher").hidden = false;

    const here = known.editions.find((edition) => edition.edition === meta.content);
    const newest = here && known.editions.find((edition) => edition.series === here.series);
    const notice = document.querySelector(".bulletin-newer");
    if (!newest || !notice || newest === here) return;
    const link = document.createElement("a");
    link.href = urlOf(newest, page);
    link.textContent = `the edition of ${newest.released_words}`;
    notice.append("This is not the latest edition. See ", link, ".");
    notice.hidden = false;
  }

  function addFilter(wrap, number) {
    const rows = [...wrap.querySelectorAll("tbody tr")];
    if (rows.length < LONG) return;
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const label = document.createElement("label");
    label.className = "bulletin-filter d-print-none";
    label.textContent = "Show rows with";
    const input = document.createElement("input");
    input.type = "search";
    input.id = `bulletin-filter-${number}`;
    label.htmlFor = input.id;
    const count = document.createElement("span");
    count.setAttribute("role", "status");
    label.append(input, " ", count);
    wrap.before(label);
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      let shown = 0;
      rows.forEach((row, i) => {
        row.hidden = !texts[i].includes(wanted);
        shown += row.hidden ? 0 : 1;
      });
      count.textContent = wanted ? `${shown.toLocaleString("en-GB")} rows` : "";
    });
  }

  // A header row sticks below those above it, however high they are.
  function stickHeader(table) {
    let top = 0;
    for (const row of table.tHead ? table.tHead.rows : []) {
      for (const cell of row.cells) cell.style.top = `${top}px`;
      top += Math.min(...[...row.cells].map((cell) => cell.offsetHeight));
    }
  }

  // What moves sideways can be moved with the keys.
  function reachSideways(figure) {
    if (figure.scrollWidth > figure.clientWidth) figure.tabIndex = 0;
    else figure.removeAttribute("tabindex");
  }

  function measure() {
    document.querySelectorAll("table.bulletin-table").forEach(stickHeader);
    document.querySelectorAll(".bd-article figure").forEach(reachSideways);
  }

  document.addEventListener("DOMContentLoaded", () => {
    showEditions(window.bulletinEditions);
    document.querySelectorAll(".bulletin-table-wrap").forEach(addFilter);
    measure();
  });
  // Paper is white.
  const root = document.documentElement;
  let theme = "";
  window.addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
  });
  window.addEventListener("afterprint", () => (root.dataset.theme = theme));
  window.addEventListener("load", measure);
  window.addEventListener("resize", measure);
})();
