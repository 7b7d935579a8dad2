// Moves a view: its sliders, the values under the pointer or the keys, a table, the address. plot.js comes before it.
function start(root) {
  const view = JSON.parse(root.querySelector("script").textContent);
  const places = Object.fromEntries(view.sliders.map(slider => [slider.name, slider.start]));
  const pick = (nested, by) => by.reduce((part, name) => part[places[name]], nested);
  const lines = panel => panel.marks.filter(mark => mark.y && mark.name);
  // The points of a line that are shown now; one without a number, or off a logarithmic axis, is a gap.
  function points(line, panel) {
    const x = pick(line.x, line.x_by), [y, low, high] = ["y", "low", "high"].map(n => line[n] && pick(line[n], line.by));
    const off = (value, axis) => value === null || (axis.log && value <= 0);
    return y.slice(0, line.until ? places[line.until] + 1 : y.length).map((value, i) => ({x: x[i], y: value,
      low: low?.[i], high: high?.[i], i, gap: off(x[i], panel.x) || off(value, panel.y)}));
  }
  function draw() {
    for (const panel of view.panels) {
      panel.svg.lastChild.innerHTML = panel.marks.map(mark => mark.values
        ? drawCells(mark, panel, pick(mark.values, mark.by)) : drawLine(mark, panel, points(mark, panel), places[mark.until || mark.at])).join("");
      if (panel.chosen) tell(panel);
    }
    for (const {slider: {name, values}, input, output} of controls)
      [input.value, output.value, input.ariaValueText] = [places[name], ...Array(2).fill(words(values[places[name]]))];
    if (table.open) fillTable();
  }
  function nearest(line, panel, {x, y}) {  // a path that turns back is near where it is near in both directions
    const all = points(line, panel).filter(p => !p.gap), rises = all.every((p, i) => !i || p.x >= all[i - 1].x);
    const far = p => Math.abs(left(p.x, panel) - x) + (rises ? 0 : Math.abs(top(p.y, panel) - (y ?? TOP)));
    return all.reduce((best, p) => best && far(best) <= far(p) ? best : p, undefined);
  }
  function tell(panel) {
    panel.readout.textContent = lines(panel).map(line => [line.name, nearest(line, panel, panel.chosen)]).filter(([, p]) => p)
      .map(([name, p]) => `${name}: ${words(p.y)}${p.low == null ? "" : ` (${words(p.low)} to ${words(p.high)})`} at ${words(p.x)}`).join("; ");
  }
  function fillTable() {
    const row = (cells, tag) => `<tr>${cells.map(cell => `<${tag}>${escaped(cell == null ? "" : words(cell))}</${tag}>`).join("")}</tr>`;
    const rows = view.panels.flatMap(panel => lines(panel).flatMap(line => points(line, panel)
      .filter(p => !p.gap && (!(line.until || line.at) || p.i === places[line.until || line.at])).map(p => row([panel.title, line.name, p.x, p.y, p.low, p.high], "td"))));
    table.lastElementChild.innerHTML = `<table><thead>${row(["Panel", "Line", "Across", "Up", "Band from", "Band to"],
      'th')}</thead><tbody>${rows.join("")}</tbody></table>`;
  }
  function move(name, place) {
    places[name] = place;
    const kept = new URLSearchParams(view.sliders.map(slider => [slider.name, slider.values[places[slider.name]]]));
    try { history.replaceState(null, "", "#" + kept); } catch { /* a notebook's frame has no address */ }
    draw();
  }
  function readAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const {name, values} of view.sliders)
      if (values.map(String).includes(asked.get(name))) places[name] = values.map(String).indexOf(asked.get(name));
    draw();
  }
  function addPlay(slider, inside) {
    const button = make("button", inside, {type: "button", textContent: "Play"}), last = slider.values.length - 1;
    let timer = 0;
    const stop = () => [button.textContent, timer] = ["Play", clearInterval(timer)];
    const next = () => places[slider.name] < last ? move(slider.name, places[slider.name] + 1) : stop();
    button.addEventListener("click", () => {
      if (timer) return stop();
      if (places[slider.name] === last) move(slider.name, 0);
      [button.textContent, timer] = ["Pause", setInterval(next, 150)];
    });
  }
  function addPanel(panel, inside) {
    const label = escaped(`${panel.title}: ${panel.y.label} by ${panel.x.label}. Left and right arrow keys tell values.`);
    const box = make("div", inside, {className: "panel", innerHTML: `<h3>${escaped(panel.title)}</h3>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" tabindex="0" role="img" aria-label="${label}">${frame(panel)}</svg>
      <p class="readout" aria-live="polite">For values, point here, or press the arrow keys.</p>`});
    [panel.svg, panel.readout] = [box.children[1], box.children[2]];
    const choose = chosen => tell(Object.assign(panel, {chosen}));
    panel.svg.addEventListener("pointermove", event => {
      const seen = panel.svg.getBoundingClientRect(), scale = WIDTH / seen.width;
      choose({x: (event.clientX - seen.left) * scale, y: (event.clientY - seen.top) * scale});
    });
    panel.svg.addEventListener("focus", () => panel.chosen || choose({x: LEFT}));
    panel.svg.addEventListener("keydown", event => {
      const step = {ArrowLeft: -1, ArrowRight: 1}[event.key] * (WIDTH - LEFT - RIGHT) / 40, {x, y} = panel.chosen;
      if (step) [event.preventDefault(), choose({x: Math.min(Math.max(x + step, LEFT), WIDTH - RIGHT), y})];
    });
  }
  const box = make("div", root, {className: "controls"}), controls = view.sliders.map(slider => {
    const control = make("div", box), label = make("label", control, {textContent: slider.label + ": "});
    const output = make("output", label), max = slider.values.length - 1, input = make("input", label, {type: "range", name: slider.name, max});
    input.addEventListener("input", () => move(slider.name, +input.value));
    if (slider.plays) addPlay(slider, control);
    return {slider, input, output};
  });
  const legend = make("ul", root, {className: "legend"}), panels = make("div", root, {className: "panels"});
  for (const {name, look, color} of new Map(view.panels.flatMap(lines).map(line => [line.name, line])).values())
    make("li", legend, {className: look, textContent: name, style: `--swatch:${color}`});
  for (const panel of view.panels) addPanel(panel, panels);
  const table = make("details", root, {innerHTML: `<summary>These values as a table</summary>
    <div class="scroll" tabindex="0" role="group" aria-label="Table of values"></div>`});
  table.addEventListener("toggle", () => table.open && fillTable());
  addEventListener("hashchange", readAddress);
  readAddress();
}
for (const root of document.querySelectorAll(".view:not([data-started])")) { root.dataset.started = ""; start(root); }
