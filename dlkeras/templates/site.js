// The site: a search over entries that stand in the page, and filters of the ledger. Nothing is fetched.
(() => {
const field = document.getElementById("search");
if (field) {
  const entries = JSON.parse(document.getElementById("entries").textContent), found = document.getElementById("found");
  const plain = text => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d");
  const texts = entries.map(entry => plain(`${entry.title} ${entry.text}`));
  field.closest("search").hidden = false;
  field.addEventListener("input", () => {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    const hits = entries.filter((_, i) => words.length && words.every(word => texts[i].includes(word)));
    found.replaceChildren(...hits.slice(0, 20).map(({title, text, url}) => {
      const item = document.createElement("li"), link = Object.assign(document.createElement("a"), {href: url, textContent: title});
      item.append(link, ` ${text.length > 200 ? text.slice(0, 200) + "…" : text}`);
      return item;
    }));
    if (words.length && !hits.length) found.textContent = "Nothing was found.";
  });
}

const form = document.querySelector(".filters");
if (form) {
  const rows = [...document.querySelectorAll("#ledger tbody tr")], asked = new URLSearchParams(location.hash.slice(1));
  const filter = () => {
    const wanted = [...new FormData(form)].filter(([, value]) => value);
    for (const row of rows) row.hidden = wanted.some(([name, value]) => row.dataset[name] !== value);
    form.querySelector("output").textContent = `${rows.filter(row => !row.hidden).length} of ${rows.length} statements`;
    try { history.replaceState(null, "", "#" + new URLSearchParams(wanted)); } catch { /* a page from a mail */ }
  };
  for (const select of form.querySelectorAll("select")) select.value = asked.get(select.name) ?? "";
  form.hidden = false;
  form.addEventListener("change", filter);
  filter();
}
})();
