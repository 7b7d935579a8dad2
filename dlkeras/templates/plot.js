// Draws the panels of a view (dlkeras/views.py) as SVG: numbers to places, nothing else.
const WIDTH = 440, HEIGHT = 300, LEFT = 66, RIGHT = 14, TOP = 10, BOTTOM = 48, FLOOR = HEIGHT - BOTTOM;
const escaped = text => String(text).replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`);
const raised = power => "10" + power.replace(/[+]/, "").replace(/./g, sign => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
function words(value) {
  if (typeof value !== "number") return value ?? "no number";
  const size = Math.abs(value), [digits, power] = value.toExponential(2).split("e"), plain = size >= 1e-3 && size < 1e5;
  return (plain || !size ? String(+value.toPrecision(4)) : (+digits === 1 ? "" : `${+digits} × `) + raised(power)).replace("-", "−");
}
const along = (value, {log, ends: [low, high]}) => log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
const left = (value, panel) => +(LEFT + (WIDTH - LEFT - RIGHT) * along(value, panel.x)).toFixed(2);
const top = (value, panel) => +(TOP + (FLOOR - TOP) * (1 - along(value, panel.y))).toFixed(2);
const make = (tag, inside, fields = {}) => inside.appendChild(Object.assign(document.createElement(tag), fields));
const range = (first, last, step) => Array.from({length: Math.floor((last - first) / step) + 1}, (_, i) => first + i * step);
function ticks({log, ends: [low, high]}) {  // powers of ten, or 1, 2 and 5 times these, or even steps
  const powers = log ? range(Math.floor(Math.log10(low)), Math.floor(Math.log10(high)), 1) : [];
  if (powers.length > 4) return powers.slice(1).filter((_, i) => i % Math.ceil(powers.length / 7) === 0).map(n => +`1e${n}`);
  const found = powers.flatMap(n => [1, 2, 5].map(digit => +`${digit}e${n}`)).filter(tick => tick >= low && tick <= high);
  if (found.length > 2) return found;
  const base = 10 ** Math.floor(Math.log10((high - low) / 5)), step = base * [1, 2, 5, 10].find(n => n * base * 5 >= high - low);
  return range(Math.ceil(low / step) * step, high, step).map(tick => +tick.toPrecision(9));
}
function frame(panel) {  // what does not move: axes, and the place where marks are drawn
  const right = WIDTH - RIGHT, middle = (TOP + FLOOR) / 2, [width, height] = [right - LEFT, FLOOR - TOP];
  const across = ticks(panel.x).map(tick => [left(tick, panel), words(tick)]).map(([x, text]) =>
    `<path stroke="#e3e3e3" d="M${x} ${TOP}V${FLOOR}"/><text x="${x}" y="${FLOOR + 18}" text-anchor="middle">${text}</text>`);
  const up = ticks(panel.y).map(tick => [top(tick, panel), words(tick)]).map(([y, text]) =>
    `<path stroke="#e3e3e3" d="M${LEFT} ${y}H${right}"/><text x="${LEFT - 6}" y="${y + 5}" text-anchor="end">${text}</text>`);
  return across.join("") + up.join("") +
    `<text x="${(LEFT + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(panel.x.label)}</text>` +
    `<text transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">${escaped(panel.y.label)}</text>` +
    `<svg x="${LEFT}" y="${TOP}" width="${width}" height="${height}" viewBox="${LEFT} ${TOP} ${width} ${height}"></svg>`;
}
function drawLine(line, panel, points, place) {
  const name = `data-name="${escaped(line.name)}"`, shown = points.filter(p => !p.gap), head = points[place], floor = panel.y.ends[0];
  const dot = (p, more) => `<circle ${name} cx="${left(p.x, panel)}" cy="${top(p.y, panel)}" fill="${line.color}" stroke="#fff" ${more}/>`;
  const edge = (p, end) => `${left(p.x, panel)},${top(panel.y.log ? Math.max(p[end], floor) : p[end], panel)}`;
  const inside = line.low ? shown.filter(p => p.low !== null && p.high !== null) : [];
  const outline = [...inside.map(p => edge(p, "high")), ...inside.reverse().map(p => edge(p, "low"))].join(" ");
  const band = line.low ? `<polygon ${name} fill="${line.color}" opacity=".18" points="${outline}"/>` : "";
  const path = points.map((p, i) => p.gap ? "" : `${i && !points[i - 1].gap ? "L" : "M"}${left(p.x, panel)} ${top(p.y, panel)}`);
  const drawn = line.look === "points" ? shown.map(p => dot(p, 'r="4" fill-opacity=".7"')).join("")
    : `<path ${name} fill="none" stroke="${line.color}" stroke-width="2" ${line.look === "dashed" ? 'stroke-dasharray="6 4"' : ""} d="${path.join("")}"/>`;
  return band + drawn + (head && !head.gap ? dot(head, 'r="5" class="head"') : "");
}
function drawCells({extent: [x0, x1, y0, y1], colors: [from, middle, to]}, panel, rows) {
  const [x, y] = [left(x0, panel), top(y1, panel)], [width, height] = [left(x1, panel) - x, top(y0, panel) - y];
  const [wide, high] = [width / rows[0].length, height / rows.length];
  return `<path fill="${middle}" d="M${x} ${y}h${width}v${height}h${-width}"/>` + rows.flatMap((row, i) => row.map((value, j) =>
    `<rect x="${x + j * wide}" y="${y + height - (i + 1) * high}" width="${wide}" height="${high}" shape-rendering="crispEdges"` +
    ` fill="${value < .5 ? from : to}" opacity="${(Math.abs(2 * value - 1) * .6).toFixed(2)}"/>`)).join("");
}
