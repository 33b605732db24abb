// The roofline picture of a run: each kernel by its operations a byte and its rate, below what the machine gives. Pure:
// measurements in, SVG out. bench/sinter/roofline.mjs measures.

const [width, height] = [960, 640];
const plot = { left: 72, right: 24, top: 56, bottom: 112 };
const colours = [
  "#1f77b4",
  "#d62728",
  "#2ca02c",
  "#9467bd",
  "#ff7f0e",
  "#17becf",
  "#8c564b",
  "#e377c2",
  "#7f7f7f",
  "#bcbd22",
  "#393b79",
  "#8c6d31",
  "#ad494a",
  "#5254a3",
];
/** Dots of less than this share of a work's time, and kernels too small for the table's digits, are left out. */
const minShare = 0.002;
const minMflop = 0.1;
const numLabels = 2;

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const digits = (value) => String(Number(value.toPrecision(3)));

/** The powers of ten around values. */
function axisOf(values, from, to) {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.ceil(Math.log10(Math.max(...values)));
  const at = (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(`1e${first + index}`));
  return { at, ticks, low: ticks[0], high: ticks.at(-1) };
}

/** One dot a kernel: where it lies, how large, and its name. */
function dotsOf({ work, kernels }, index) {
  const total = kernels.reduce((sum, { ms }) => sum + ms, 0);
  return kernels
    .filter(({ mflop, megabytes, ms }) => mflop >= minMflop && megabytes > 0 && ms > minShare * total)
    .map(({ name, mflop, megabytes, ms }) => ({
      text: `${work}: ${name}, ${digits(mflop / 1000)} GFLOP, ${digits(megabytes)} MB, ${digits(ms)} ms`,
      label: `${name.split("+")[0].split(" ")[0]}${/ \(.*\)$/.exec(name)?.[0] ?? ""} ${digits(ms)} ms`,
      colour: colours[index % colours.length],
      intensity: mflop / megabytes,
      gflops: mflop / ms,
      share: ms / total,
    }))
    .toSorted((a, b) => b.share - a.share);
}

function axesMarkup(x, y) {
  const [bottom, right] = [height - plot.bottom, width - plot.right];
  const columns = x.ticks.map((tick) => {
    const at = x.at(tick).toFixed(1);
    return `<path class="grid" d="M${at} ${plot.top}V${bottom}"/><text x="${at}" y="${bottom + 18}" text-anchor="middle">${tick}</text>`;
  });
  const rows = y.ticks.map((tick) => {
    const at = y.at(tick).toFixed(1);
    return `<path class="grid" d="M${plot.left} ${at}H${right}"/><text x="${plot.left - 8}" y="${at}" dy=".32em" text-anchor="end">${tick}</text>`;
  });
  const middle = (plot.top + bottom) / 2;
  return [
    ...columns,
    ...rows,
    `<text x="${(plot.left + right) / 2}" y="${bottom + 38}" text-anchor="middle">operations a byte (FLOP / byte)</text>`,
    `<text transform="translate(20 ${middle}) rotate(-90)" text-anchor="middle">billions of operations a second (GFLOP/s)</text>`,
  ];
}

function roofMarkup({ gflops, gigabytes }, x, y) {
  const ridge = gflops / gigabytes;
  const point = (intensity, rate) => `${x.at(intensity).toFixed(1)} ${y.at(rate).toFixed(1)}`;
  // The slope leaves the picture on its left or at its bottom.
  const start = Math.max(x.low, y.low / gigabytes);
  return [
    `<path class="roof" d="M${point(start, start * gigabytes)}L${point(ridge, gflops)}L${point(x.high, gflops)}"/>`,
  ];
}

/** What the roof is made of, above its right end and its slope. */
function roofNames({ gflops, gigabytes }, x, y) {
  const start = Math.max(x.low, y.low / gigabytes);
  return [
    { text: `matrix product ${digits(gflops)} GFLOP/s`, left: width - plot.right - 205, line: y.at(gflops) - 14 },
    { text: `copy ${digits(gigabytes)} GB/s`, left: x.at(start) + 10, line: y.at(start * gigabytes) - 26 },
  ];
}

const roofNameMarkup = ({ text, left, line }) =>
  `<text class="roof-name" x="${left.toFixed(1)}" y="${line.toFixed(1)}" dy=".32em">${text}</text>`;

/** Names of the largest, the most of the time first; one that would lie on another is left out. */
function labelMarkup(dots, names, x, y) {
  const taken = names.map(({ left, line }) => ({ left, line, wide: 190 }));
  return dots.flatMap(({ label, intensity, gflops, share, colour }) => {
    const wide = label.length * 6.2;
    const beside = x.at(intensity) + radiusOf(share) + 3;
    const left = beside + wide > width - plot.right ? x.at(intensity) - radiusOf(share) - 3 - wide : beside;
    const line = y.at(gflops);
    if (
      taken.some(
        (other) => left < other.left + other.wide && other.left < left + wide && Math.abs(line - other.line) < 13,
      )
    ) {
      return [];
    }
    taken.push({ left, wide, line });
    return [
      `<text class="label" fill="${colour}" x="${left.toFixed(1)}" y="${line.toFixed(1)}" dy=".32em">${escaped(label)}</text>`,
    ];
  });
}

const radiusOf = (share) => 2 + 22 * Math.sqrt(share / Math.PI);

function legendMarkup(measured) {
  const columns = 4;
  const step = (width - plot.left - plot.right) / columns;
  return measured.map(({ work, kernels }, index) => {
    const at = plot.left + (index % columns) * step;
    const line = height - plot.bottom + 58 + Math.floor(index / columns) * 17;
    const ms = kernels.reduce((sum, one) => sum + one.ms, 0);
    return (
      `<circle cx="${at + 5}" cy="${line}" r="5" fill="${colours[index % colours.length]}"/>` +
      `<text x="${at + 15}" y="${line}" dy=".32em">${escaped(work)}, ${digits(ms)} ms</text>`
    );
  });
}

/**
 * The picture, or nothing where no kernel was measured.
 * @param roof what the machine gives: `gflops` of a large matrix product, `gigabytes` a second of a copy
 * @param measured of each work its name and its kernels: `name`, `mflop`, `megabytes`, `ms`
 * @param machine one line
 */
export function rooflineSvg(roof, measured, machine) {
  const works = measured.map(dotsOf);
  const dots = works.flat();
  if (dots.length === 0) return undefined;
  const x = axisOf(
    [...dots.map(({ intensity }) => intensity), roof.gflops / roof.gigabytes],
    plot.left,
    width - plot.right,
  );
  const y = axisOf([...dots.map(({ gflops }) => gflops), roof.gflops], height - plot.bottom, plot.top);
  const circles = dots.map(
    ({ text, colour, intensity, gflops, share }) =>
      `<circle class="dot" cx="${x.at(intensity).toFixed(1)}" cy="${y.at(gflops).toFixed(1)}" r="${radiusOf(share).toFixed(1)}" fill="${colour}"><title>${escaped(text)}</title></circle>`,
  );
  const largest = works.flatMap((own) => own.slice(0, numLabels)).toSorted((a, b) => b.share - a.share);
  const names = roofNames(roof, x, y);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>Roofline</title>
<desc>Kernels of sinter by operations a byte and operations a second, below the machine's measured roof.</desc>
<style>
  svg { fill: #333; font: 12px system-ui, sans-serif }
  .title { font-size: 16px; font-weight: 600 }
  .grid { stroke: #e4e4e4 }
  .roof { fill: none; stroke: #222; stroke-width: 2 }
  .roof-name { fill: #222; font-weight: 600; stroke: #fff; stroke-width: 4px; paint-order: stroke }
  .dot { fill-opacity: .55; stroke: #fff; stroke-width: .5 }
  .label { font-size: 11px; stroke: #fff; stroke-width: 3px; paint-order: stroke }
</style>
<rect width="${width}" height="${height}" fill="#fff"/>
<text class="title" x="${plot.left}" y="24">Roofline: the kernels of sinter</text>
<text x="${plot.left}" y="42">${escaped(machine)}. Area: share of the work's time. Winograd counts as the plain convolution, so that it may lie above the roof.</text>
${[...axesMarkup(x, y), ...roofMarkup(roof, x, y), ...circles, ...names.map(roofNameMarkup), ...labelMarkup(largest, names, x, y), ...legendMarkup(measured)].join("\n")}
</svg>
`;
}
