// Predictions: results stay covered until each question has an answer; the score is kept in this browser.
(() => {
const KEY = "dlkeras-predictions";
function kept() {
  try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return {}; }
}
function keep(all) {
  try { localStorage.setItem(KEY, JSON.stringify(all)); } catch { /* a browser that keeps nothing */ }
}
const sum = picks => [picks.filter(pick => pick.right).length, picks.length];
const everywhere = () => sum(Object.values(kept()).flatMap(lab => Object.values(lab)));

const section = document.getElementById("predictions");
if (section) {
  const lab = section.dataset.lab, sets = [...section.querySelectorAll("fieldset")];
  const question = set => set.querySelector("legend").textContent;
  const answer = document.querySelector("details.answer") ?? {};
  const cover = () => { document.body.classList.add("covered"); answer.open = false; };
  const uncover = () => { document.body.classList.remove("covered"); answer.open = true; };
  section.hidden = false;
  cover();

  function show(set, input) {
    const told = set.querySelector(".told"), right = input.dataset.index === set.dataset.right;
    for (const other of set.querySelectorAll("input")) {
      other.disabled = true;
      other.parentNode.classList.toggle("is-right", other.dataset.index === set.dataset.right);
    }
    input.checked = true;
    told.querySelector("strong").textContent = right ? "Right." : "It came out otherwise.";
    const figure = document.getElementById(set.dataset.figure);
    if (figure && !told.querySelector("img")) told.append(figure.querySelector(".scroll").cloneNode(true));
    told.hidden = false;
    return right;
  }
  function score() {
    const picks = Object.values(kept()[lab] ?? {}), [right, all] = sum(picks), [rightOfAll, allOfAll] = everywhere();
    if (sets.every(set => set.querySelector("input:disabled"))) uncover();
    section.querySelector("[role=status]").textContent = all
      ? `Right: ${right} of ${all} on this page, ${rightOfAll} of ${allOfAll} in all labs.` : "";
    section.querySelector(".forget").hidden = !allOfAll;
    section.querySelector(".show").hidden = !document.body.classList.contains("covered");
  }
  for (const set of sets) {
    const earlier = (kept()[lab] ?? {})[question(set)]?.option;
    for (const input of set.querySelectorAll("input")) {
      const option = input.parentNode.textContent.trim();
      if (option === earlier) show(set, input);
      input.addEventListener("change", () => {
        const all = kept();
        (all[lab] ??= {})[question(set)] = {option, right: show(set, input)};
        keep(all);
        score();
      });
    }
  }
  section.querySelector(".show").addEventListener("click", () => { uncover(); score(); });
  section.querySelector(".forget").addEventListener("click", () => {
    keep({});
    for (const input of section.querySelectorAll("input")) {
      [input.checked, input.disabled] = [false, false];
      input.parentNode.classList.remove("is-right");
    }
    for (const told of section.querySelectorAll(".told")) told.hidden = true;
    cover();
    score();
  });
  score();
  const asked = location.hash.slice(1);  // whoever follows a link to a result sees it
  if (asked.includes("=") || document.getElementById(asked)?.closest(".result")) { uncover(); score(); }
}

const total = document.querySelector("main > .score");  // of the site
if (total) {
  const [right, all] = everywhere();
  total.hidden = !all;
  total.querySelector("[role=status]").textContent = `Right predictions: ${right} of ${all} in all labs.`;
  total.querySelector(".forget").addEventListener("click", () => { keep({}); total.hidden = true; });
}

for (const code of document.querySelectorAll("[data-copy]")) {
  const button = Object.assign(document.createElement("button"), {type: "button", className: "copy", textContent: "Copy"});
  button.addEventListener("click", () => navigator.clipboard.writeText(code.textContent)
    .then(() => { button.textContent = "Copied"; }, () => { getSelection().selectAllChildren(code); }));
  code.before(button);
}
})();
