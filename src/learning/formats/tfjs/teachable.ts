// Projects of Teachable Machine: beside a layers-model a metadata.json with the classes, and how pictures become inputs.

import { isRecord } from "#engine/base/is-record.ts";
import { countOf, type Field, isMissing, itemsOf, member, parseJson, textOf, wrong } from "./json.ts";
import type { ModelDescription } from "../model-json.ts";

const maxClasses = 100_000;
const maxExtent = 65_536;

/** Names that the kinds of projects give the list of classes: pictures and poses, sounds. */
const listNames = ["labels", "wordLabels"] as const;

/**
 * What a metadata.json says of a model's inputs and classes. Pictures are cut square, and their bytes become -1 to 1.
 * @throws format for damaged JSON
 * @source @teachablemachine/image 0.8.5: utils/tf.ts, capture; custom-mobilenet.ts, Metadata
 */
export function readTeachable(bytes: Uint8Array): ModelDescription["preprocessing"] {
  const root = parseJson(bytes, "metadata.json");
  if (!isRecord(root.value)) throw wrong("metadata.json", "no object", "the metadata of a project");
  return { ...classesOf(root), ...picturesOf(root) };
}

function classesOf(root: Field): { readonly classNames?: readonly string[] } {
  const list = listNames.map((name) => member(root, name)).find((field) => !isMissing(field));
  return list === undefined ? {} : { classNames: itemsOf(list, maxClasses).map(textOf) };
}

/** Projects of sounds and poses have no size of pictures. */
function picturesOf(root: Field): Pick<ModelDescription["preprocessing"], "imageSize" | "scale" | "offset"> {
  const size = member(root, "imageSize");
  if (isMissing(size)) return {};
  const extent = countOf(size);
  if (extent < 1 || extent > maxExtent) throw wrong(size.path, String(extent), `an extent from 1 to ${maxExtent}`);
  return { imageSize: [extent, extent], scale: 1 / 127, offset: -1 };
}
