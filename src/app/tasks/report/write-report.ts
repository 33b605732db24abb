// The report of a run: report.html for people, report.json for programs, model-card.md for whoever gets the model. Reads
// the run and its data; trains nothing and changes no other file.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import { checkFolder, type DataReport } from "#learning/data/check-folder.ts";
import { pathIn } from "../evaluation-folder.ts";
import { imageClassifier, type ImageClassifier } from "../image-classifier.ts";
import { namedModel } from "../image-model.ts";
import { readImageParts } from "../image-parts.ts";
import { optionsOfConfig, withPathsFrom, type StoredOptions } from "../run-config.ts";
import { runFiles } from "../run-folder.ts";
import { planOf } from "../train-options.ts";
import { buildGallery } from "./gallery.ts";
import { gatherFacts, type ReportParts } from "./gather.ts";
import { modelCard } from "./model-card.ts";
import { reportPage } from "./page.ts";
import { reportJson } from "./report-json.ts";
import type { ResourceUse } from "./resources.ts";
import { readRun, resourcesFile, type RunRecord } from "./run-record.ts";
import { reportLanguages, type ReportLanguage } from "./texts.ts";

/** How a report is made. */
export interface ReportOptions {
  /** Default "en". */
  readonly language?: ReportLanguage | undefined;
  /** The data that the run was made with, where the caller has it; else it is read as config.json says. */
  readonly parts?: ReportParts | undefined;
  /** The folder of the data, where it is no longer where config.json says. */
  readonly folder?: string | undefined;
  /** The trained classifier; loaded from the run when left out. */
  readonly classifier?: ImageClassifier | undefined;
  /** What `checkFolder` found. */
  readonly dataReport?: DataReport | undefined;
  /** Checks the data where no `dataReport` is given; default false: it reads every picture once more. */
  readonly checkData?: boolean | undefined;
  /** What was measured; kept as resources.json of the run, which is read when this is left out. */
  readonly resources?: ResourceUse | undefined;
  /** Where the page is written; default report.html in the run. report.json and model-card.md lie beside it. */
  readonly out?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The files that were written. */
export interface WrittenReport {
  readonly html: string;
  readonly json: string;
  readonly modelCard: string;
  readonly numBytes: number;
}

const where = "writeReport";
const known = ["language", "parts", "folder", "classifier", "dataReport", "checkData", "resources", "out", "signal"];

/**
 * Writes the report of a run.
 * @param run the folder that `trainImageClassifier` wrote
 * @throws file when run or data are not there; format when a file of the run is damaged; option; aborted
 * @example
 * const { html } = await writeReport("runs/pets", { language: "en" });
 */
export async function writeReport(run: string, options: ReportOptions = {}): Promise<WrittenReport> {
  checkOptions(where, options, known);
  const language = choice(where, "language", options.language ?? "en", reportLanguages);
  const { signal, resources } = options;
  const record = await readRun(run);
  const classifier = options.classifier ?? (await imageClassifier.load(run));
  const parts = options.parts ?? (await partsOf(record, options));
  const dataReport = options.dataReport ?? (await checkedData(record, options));
  const facts = await gatherFacts({ record, classifier, parts, dataReport, resources, signal });
  const page = reportPage(facts, await buildGallery(facts), language);
  const target = options.out ?? pathIn(run, "report.html");
  const json = beside(target, "report.json");
  const card = beside(target, "model-card.md");
  const { files } = platform();
  if (resources !== undefined) await files.writeAtomically(pathIn(run, resourcesFile), jsonFile({ ...resources }));
  await files.makeFolder(folderOf(target) ?? ".");
  const bytes = new TextEncoder().encode(page);
  await files.writeAtomically(json, `${JSON.stringify(reportJson(facts))}\n`);
  await files.writeAtomically(card, modelCard(facts, language));
  await files.writeAtomically(target, bytes);
  return { html: target, json, modelCard: card, numBytes: bytes.length };
}

/** The options that a run was made with; its data as it is found from here. */
function optionsOf({ config, path }: RunRecord): Promise<StoredOptions> {
  return withPathsFrom(path, optionsOfConfig(config, pathIn(path, runFiles.config)));
}

async function checkedData(record: RunRecord, options: ReportOptions): Promise<DataReport | undefined> {
  if (options.checkData !== true) return undefined;
  const { folder } = await optionsOf(record);
  return checkFolder(options.folder ?? folder, { signal: options.signal });
}

function jsonFile(value: object): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

/** A file in the folder of another. */
function beside(path: string, name: string): string {
  const folder = folderOf(path);
  return folder === undefined ? name : `${folder}${name}`;
}

/** The folder that a path names, with its last separator; undefined for a name alone. */
function folderOf(path: string): string | undefined {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf(platform().files.separator));
  return end < 0 ? undefined : path.slice(0, end + 1);
}

/** The data as config.json tells it: the same split by the same seed. A folder that was moved brings its parts along. */
async function partsOf(record: RunRecord, { folder: moved, signal }: ReportOptions): Promise<ReportParts> {
  const options = await optionsOf(record);
  const { folder } = options;
  const place = moved === undefined ? {} : { folder: moved, validation: undefined, test: undefined };
  if ((await platform().files.stat(moved ?? folder)) === undefined) {
    throw new SinterError(
      "file",
      `"${moved ?? folder}", the data of this run, is not there. Give the folder where it lies now.`,
      { folder: moved ?? folder },
    );
  }
  const model = namedModel(record.config["model"]) ?? "cnn";
  return await readImageParts({ ...planOf({ ...options, ...place, model }), onBroken: "skip", signal });
}
