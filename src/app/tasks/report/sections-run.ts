// The report's sections about the run: data and its check, time and memory, the model, how it was set.

import type { DataFinding, FindingKind } from "#learning/data/data-findings.ts";
import type { JsonObject, JsonValue } from "../run-folder.ts";
import { findingText } from "./finding-texts.ts";
import { html, type Content, type Markup } from "./html.ts";
import { energyOf, type ResourceUse } from "./resources.ts";
import { section, shortPath, type SectionContext } from "./section.ts";
import { barChart } from "./svg-bars.ts";
import { bytesText, durationText, energyText, fill, grouped, scaled, type ReportTexts } from "./texts.ts";

/** Findings shown; report.json has all. */
const maxFindings = 20;
const maxFilesOfFinding = 3;

/** Pictures by part and class, and what a check of them found. */
export function dataSection(context: SectionContext): Markup {
  const { facts, texts } = context;
  const partNames = { train: texts.training, validation: texts.validation, test: texts.test };
  const heads = facts.counts.map(({ part }) => html`<th scope="col">${partNames[part]}</th>`);
  const rows = facts.classNames.map((name, label) => {
    const cells = facts.counts.map(({ byClass }) => html`<td>${grouped(byClass[label] ?? 0)}</td>`);
    return html`<tr>
      <th scope="row" translate="no">${name}</th>
      ${cells}
    </tr>`;
  });
  const totals = facts.counts.map(({ numSamples }) => html`<td>${grouped(numSamples)}</td>`);
  const table = html`<div class="scroll" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">${texts.className}</th>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">${texts.total}</th>
          ${totals}
        </tr>
      </tfoot>
    </table>
  </div>`;
  const broken = facts.numBroken > 0 && html`<p>${fill(texts.brokenPictures, { count: facts.numBroken })}</p>`;
  const content = [table, broken, html`<h3>${texts.dataCheck}</h3>`, dataCheck(context)];
  return section("data", texts.data, content);
}

function dataCheck({ facts, texts, language }: SectionContext): Content {
  const { dataReport } = facts;
  if (dataReport === undefined) return html`<p class="note">${texts.dataCheckNone}</p>`;
  const { findings, numFiles } = dataReport;
  if (findings.length === 0) return html`<p>${fill(texts.dataCheckClean, { numFiles })}</p>`;
  const more = findings.length - maxFindings;
  return html`<p>${fill(texts.dataCheckFound, { numFiles, count: findings.length })}</p>
    <ul class="findings">
      ${findings.slice(0, maxFindings).map((finding) => findingItem(finding, texts, findingText(language, finding)))}
    </ul>
    ${more > 0 && html`<p class="note">${fill(texts.dataCheckMore, { count: more })}</p>`}`;
}

function findingItem({ kind, files }: DataFinding, texts: ReportTexts, message: string): Markup {
  const names = files.slice(0, maxFilesOfFinding).map((file) => html`<code translate="no">${shortPath(file)}</code> `);
  return html`<li><b>${texts[findingTexts[kind]]}</b> ${names}<span class="note">${message}</span></li>`;
}

const findingTexts = {
  structure: "findingStructure",
  broken: "findingBroken",
  "wrong-extension": "findingExtension",
  leak: "findingLeak",
  conflict: "findingConflict",
  duplicate: "findingDuplicate",
  huge: "findingHuge",
  tiny: "findingTiny",
  blank: "findingBlank",
  imbalance: "findingImbalance",
} as const satisfies Readonly<Record<FindingKind, keyof ReportTexts>>;

/** Time by phase, speed, memory, energy; what was not recorded says so. */
export function resourcesSection({ facts, texts }: SectionContext): Markup {
  const { resources, speed } = facts;
  const trained = facts.record.history.reduce((sum, { values }) => sum + (values["seconds"] ?? 0), 0);
  const phases = resources?.phases ?? (trained > 0 ? [{ name: "fit", seconds: trained }] : []);
  const bars = phases.map(({ name, seconds }) => ({
    name: phaseName(name, texts),
    value: seconds,
    text: durationText(texts, seconds),
  }));
  const words = bars.map(({ name, text }) => `${name}: ${text}`).join(", ");
  const chart =
    bars.length > 0 &&
    html`<h3>${texts.timeByPhase}</h3>
      ${barChart(bars, { id: "chart-phases", title: texts.timeByPhase, description: fill(texts.phaseDescription, { phases: words }) })}`;
  const rows: (readonly [string, string])[] = [
    [
      texts.trainSpeed,
      speed.train === undefined ? texts.notRecorded : fill(texts.trainSpeedValue, { rate: rateText(speed.train) }),
    ],
    [texts.predictSpeed, fill(texts.predictSpeedValue, { rate: rateText(speed.predict) })],
    [texts.totalTime, resources === undefined ? texts.notRecorded : durationText(texts, resources.seconds)],
    ...measured(resources, texts),
  ];
  const partial = resources?.isPartial === true && html`<p class="note">${texts.partialResources}</p>`;
  return section("resources", texts.resources, definitions(rows), partial, chart);
}

function measured(resources: ResourceUse | undefined, texts: ReportTexts): (readonly [string, string])[] {
  const { cpuSeconds, peakMemoryBytes, deviceBytes } = resources ?? {};
  const or = (value: number | undefined, write: (value: number) => string): string =>
    value === undefined ? texts.notRecorded : write(value);
  return [
    [texts.cpuTime, or(cpuSeconds, (seconds) => durationText(texts, seconds))],
    [texts.peakMemory, or(peakMemoryBytes, bytesText)],
    [texts.deviceMemory, or(deviceBytes, bytesText)],
    [texts.energy, energyWords(resources, texts)],
  ];
}

function energyWords(resources: ResourceUse | undefined, texts: ReportTexts): string {
  const energy = resources === undefined ? undefined : energyOf(resources);
  if (energy === undefined) return texts.notRecorded;
  const joules = energyText(energy.joules);
  if (energy.kind === "measured") return fill(texts.energyMeasured, { energy: joules });
  const seconds = durationText(texts, resources?.cpuSeconds ?? 0);
  return fill(texts.energyEstimated, { energy: joules, seconds, watts: energy.wattsPerCore ?? 0 });
}

function rateText(rate: number): string {
  return rate >= 100 ? grouped(rate) : rate.toFixed(1);
}

function phaseName(name: string, texts: ReportTexts): string {
  const names: Readonly<Record<string, string>> = {
    data: texts.phaseData,
    model: texts.phaseModel,
    train: texts.phaseTrain,
    validate: texts.phaseValidate,
    fit: texts.phaseFit,
    evaluate: texts.phaseEvaluate,
    report: texts.phaseReport,
  };
  return names[name] ?? name;
}

function definitions(rows: readonly (readonly [name: string, value: string])[]): Markup {
  return html`<dl>
    ${rows.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** Layers with shapes, parameters and operations. */
export function modelSection({ facts, texts }: SectionContext): Markup {
  const rows = facts.layers.map(
    ({ name, kind, outputShape, numParameters, flops }) =>
      html`<tr>
        <th scope="row" translate="no">${name} <small>${kind}</small></th>
        <td>${outputShape.join(" × ")}</td>
        <td>${grouped(numParameters)}</td>
        <td>${flops === 0 ? "–" : scaled(flops)}</td>
      </tr>`,
  );
  const flops = facts.layers.reduce((sum, layer) => sum + layer.flops, 0);
  const heads = [texts.layer, texts.outputShape, texts.parameters, texts.layerFlops];
  return section(
    "model",
    texts.model,
    html`<div class="scroll" tabindex="0">
        <table>
          <thead>
            <tr>
              ${heads.map((head) => html`<th scope="col">${head}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">${texts.total}</th>
              <td></td>
              <td>${grouped(facts.numParameters)}</td>
              <td>${scaled(flops)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      <p class="note">${texts.modelNote}</p>`,
  );
}

/** config.json and environment.json, folded. */
export function settingsSection({ facts, texts }: SectionContext): Markup {
  return section(
    "config",
    texts.config,
    html`<details open>
        <summary>${texts.config}</summary>
        ${settings(facts.record.config)}
      </details>
      <details>
        <summary>${texts.environment}</summary>
        ${settings(facts.record.environment)}
      </details>`,
  );
}

const pathNames = ["folder", "validation", "test", "workingFolder", "diskCache"];

/** A JSON value in one line. */
function jsonText(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

function settings(values: JsonObject): Markup {
  const rows = Object.entries(values).filter(([, value]) => value !== undefined);
  // A report is handed on: it does not tell where its owner lives.
  const shown = (name: string, value: JsonValue | undefined): string =>
    pathNames.includes(name) && typeof value === "string" ? shortPath(value) : jsonText(value);
  return html`<div class="scroll" tabindex="0">
    <table class="settings" translate="no">
      ${rows.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row"><code>${name}</code></th>
            <td><code>${shown(name, value)}</code></td>
          </tr>`,
      )}
    </table>
  </div>`;
}
