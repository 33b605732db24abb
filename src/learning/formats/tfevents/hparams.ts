// What TensorBoard's HParams plugin keeps in a summary's metadata: an experiment, the beginning of a run, its end.

import { WireType, type BinaryWriter } from "@bufbuild/protobuf/wire";
import {
  type ExperimentSummary,
  type HyperparameterInfo,
  type HyperparameterValue,
  type MetricInfo,
  type SessionEndSummary,
  type SessionStartSummary,
  sessionStatuses,
} from "./event.ts";
import { damaged, eachField, message, writeBytes, writeDouble, writeInteger, writeText } from "./fields.ts";

export type HparamsSummary = ExperimentSummary | SessionStartSummary | SessionEndSummary;

/** The tags of the three. */
export const hparamsTags = {
  experiment: "_hparams_/experiment",
  sessionStart: "_hparams_/session_start_info",
  sessionEnd: "_hparams_/session_end_info",
} as const;

/** Numbers of the plugin's DataType. */
const types = { string: 1, boolean: 2, number: 3 } as const;

/** @source TensorBoard 2, plugins/hparams/plugin_data.proto, HParamsPluginData */
export function hparamsMessage(summary: HparamsSummary): Uint8Array {
  return message((writer) => {
    if (summary.kind === "experiment") writeBytes(writer, 2, experimentMessage(summary));
    else if (summary.kind === "sessionStart") writeBytes(writer, 3, startMessage(summary));
    else writeBytes(writer, 4, endMessage(summary));
  });
}

function experimentMessage({ hyperparameters, metrics, timeCreated }: ExperimentSummary): Uint8Array {
  return message((writer) => {
    writeDouble(writer, 3, timeCreated);
    for (const info of hyperparameters) writeBytes(writer, 4, infoMessage(info));
    for (const metric of metrics) writeBytes(writer, 5, metricMessage(metric));
  });
}

function infoMessage({ name, type, description, values, range }: HyperparameterInfo): Uint8Array {
  return message((writer) => {
    writeText(writer, 1, name);
    writeText(writer, 3, description);
    writeInteger(writer, 4, types[type]);
    if (values !== undefined) {
      const list = message((inner) => {
        for (const value of values) writeBytes(inner, 1, valueMessage(value));
      });
      writeBytes(writer, 5, list);
    } else if (range !== undefined) {
      const [min, max] = range;
      const interval = message((inner) => {
        writeDouble(inner, 1, min);
        writeDouble(inner, 2, max);
      });
      writeBytes(writer, 6, interval);
    }
  });
}

function metricMessage({ tag, group, displayName }: MetricInfo): Uint8Array {
  return message((writer) => {
    const name = message((inner) => {
      writeText(inner, 1, group);
      writeText(inner, 2, tag);
    });
    writeBytes(writer, 1, name);
    writeText(writer, 3, displayName);
  });
}

function startMessage({ hyperparameters, groupName, startTime }: SessionStartSummary): Uint8Array {
  return message((writer) => {
    for (const [name, value] of Object.entries(hyperparameters)) {
      const entry = message((inner) => {
        writeText(inner, 1, name);
        writeBytes(inner, 2, valueMessage(value));
      });
      writeBytes(writer, 1, entry);
    }
    writeText(writer, 4, groupName);
    writeDouble(writer, 5, startTime);
  });
}

function endMessage({ status, endTime }: SessionEndSummary): Uint8Array {
  return message((writer) => {
    writeInteger(writer, 1, sessionStatuses.indexOf(status));
    writeDouble(writer, 2, endTime);
  });
}

/** A google.protobuf.Value. */
function valueMessage(value: HyperparameterValue): Uint8Array {
  return message((writer: BinaryWriter) => {
    if (typeof value === "number") writer.tag(2, WireType.Bit64).double(value);
    else if (typeof value === "string") writer.tag(3, WireType.LengthDelimited).string(value);
    else writer.tag(4, WireType.Varint).bool(value);
  });
}

/** @returns undefined for something else that the plugin keeps. @throws format */
export function readHparams(content: Uint8Array, where: string): HparamsSummary | undefined {
  let summary: HparamsSummary | undefined;
  eachField(content, where, (field) => {
    if (field.number === 2) summary = readExperiment(field.bytes(), where);
    else if (field.number === 3) summary = readStart(field.bytes(), where);
    else if (field.number === 4) summary = readEnd(field.bytes(), where);
  });
  return summary;
}

function readExperiment(bytes: Uint8Array, where: string): ExperimentSummary {
  const hyperparameters: HyperparameterInfo[] = [];
  const metrics: MetricInfo[] = [];
  let timeCreated = 0;
  eachField(bytes, where, (field) => {
    if (field.number === 3) timeCreated = field.decimal();
    else if (field.number === 4) hyperparameters.push(readInfo(field.bytes(), where));
    else if (field.number === 5) metrics.push(readMetric(field.bytes(), where));
  });
  return { kind: "experiment", hyperparameters, metrics, timeCreated };
}

function readInfo(bytes: Uint8Array, where: string): HyperparameterInfo {
  let name = "";
  let description = "";
  let type: HyperparameterInfo["type"] = "number";
  let domain: Pick<HyperparameterInfo, "values" | "range"> = {};
  eachField(bytes, where, (field) => {
    if (field.number === 1) name = field.text();
    else if (field.number === 3) description = field.text();
    else if (field.number === 4) type = typeOf(field.integer(), where);
    else if (field.number === 5) domain = { values: readValues(field.bytes(), where) };
    else if (field.number === 6) domain = { range: readInterval(field.bytes(), where) };
  });
  return { name, type, ...(description === "" ? {} : { description }), ...domain };
}

function typeOf(number: number, where: string): HyperparameterInfo["type"] {
  if (number === types.string) return "string";
  if (number === types.boolean) return "boolean";
  if (number === types.number || number === 0) return "number";
  throw damaged(where, `a hyperparameter of type ${number}`);
}

function readValues(bytes: Uint8Array, where: string): HyperparameterValue[] {
  const values: HyperparameterValue[] = [];
  eachField(bytes, where, (field) => {
    if (field.number === 1) values.push(readValue(field.bytes(), where));
  });
  return values;
}

/** @throws format for null, a list or an object */
function readValue(bytes: Uint8Array, where: string): HyperparameterValue {
  let value: HyperparameterValue | undefined;
  eachField(bytes, where, (field) => {
    if (field.number === 2) value = field.decimal();
    else if (field.number === 3) value = field.text();
    else if (field.number === 4) value = field.integer() !== 0;
  });
  if (value === undefined) throw damaged(where, "a hyperparameter is no number, text or boolean");
  return value;
}

function readInterval(bytes: Uint8Array, where: string): readonly [number, number] {
  const range: [number, number] = [0, 0];
  eachField(bytes, where, (field) => {
    if (field.number === 1) range[0] = field.decimal();
    else if (field.number === 2) range[1] = field.decimal();
  });
  return range;
}

function readMetric(bytes: Uint8Array, where: string): MetricInfo {
  let [tag, group, displayName] = ["", "", ""];
  eachField(bytes, where, (field) => {
    if (field.number === 3) displayName = field.text();
    else if (field.number === 1) {
      eachField(field.bytes(), where, (inner) => {
        if (inner.number === 1) group = inner.text();
        else if (inner.number === 2) tag = inner.text();
      });
    }
  });
  return { tag, ...(group === "" ? {} : { group }), ...(displayName === "" ? {} : { displayName }) };
}

function readStart(bytes: Uint8Array, where: string): SessionStartSummary {
  const entries: [string, HyperparameterValue][] = [];
  let groupName = "";
  let startTime = 0;
  eachField(bytes, where, (field) => {
    if (field.number === 1) entries.push(readEntry(field.bytes(), where));
    else if (field.number === 4) groupName = field.text();
    else if (field.number === 5) startTime = field.decimal();
  });
  return { kind: "sessionStart", hyperparameters: Object.fromEntries(entries), groupName, startTime };
}

function readEntry(bytes: Uint8Array, where: string): [string, HyperparameterValue] {
  let name = "";
  let value: HyperparameterValue = false;
  eachField(bytes, where, (field) => {
    if (field.number === 1) name = field.text();
    else if (field.number === 2) value = readValue(field.bytes(), where);
  });
  return [name, value];
}

function readEnd(bytes: Uint8Array, where: string): SessionEndSummary {
  let status: SessionEndSummary["status"] = "unknown";
  let endTime = 0;
  eachField(bytes, where, (field) => {
    if (field.number === 1) status = sessionStatuses[field.integer()] ?? "unknown";
    else if (field.number === 2) endTime = field.decimal();
  });
  return { kind: "sessionEnd", status, endTime };
}
