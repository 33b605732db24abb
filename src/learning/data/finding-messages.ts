// What findings say: which message, the values it names, and its English. Other languages write the same messages from the
// same values.

type Nothing = Readonly<Record<string, never>>;
type Classes = readonly string[];

/** What each message names. */
export interface FindingValues {
  readonly empty: Nothing;
  readonly noClassFolders: { readonly numPictures: number };
  readonly oneClass: { readonly className: string };
  readonly emptyClass: Nothing;
  /** Classes that this part has and the training part has not. */
  readonly strangeClasses: { readonly classNames: Classes; readonly trainPart: string };
  /** Classes that the training part has and this part has not. */
  readonly missingClasses: { readonly classNames: Classes; readonly trainPart: string };
  /** `problem` is the decoder's own text. */
  readonly undecodable: { readonly problem: string };
  /** The name says `named`; undefined where it is no picture's name. */
  readonly wrongExtension: { readonly format: string; readonly named: string | undefined; readonly ending: string };
  /** Classes are named where there are several. */
  readonly inParts: { readonly isExact: boolean; readonly parts: readonly string[]; readonly classNames: Classes };
  readonly inClasses: { readonly isExact: boolean; readonly classNames: Classes };
  readonly copies: { readonly isExact: boolean; readonly numFiles: number };
  readonly huge: { readonly width: number; readonly height: number };
  readonly tiny: { readonly width: number; readonly height: number };
  readonly blank: Nothing;
  readonly rareClass: { readonly className: string; readonly numFiles: number; readonly numFilesOfLargest: number };
}

/** A message without its words: which one, and the values it names. */
export type FindingDetail<Kind extends keyof FindingValues = keyof FindingValues> = {
  readonly [Each in Kind]: { readonly kind: Each; readonly values: FindingValues[Each] };
}[Kind];

/** The messages of a language. */
export type FindingMessages = {
  readonly [Kind in keyof FindingValues]: (values: FindingValues[Kind]) => string;
};

/** A message in words. */
export function findingMessage<Kind extends keyof FindingValues>(
  messages: FindingMessages,
  { kind, values }: FindingDetail<Kind>,
): string {
  return messages[kind](values);
}

const layout = "Put the pictures of each class into a folder of its own: FOLDER/cats/1.jpg, FOLDER/dogs/1.jpg.";

/** The messages in English. */
export const englishFindings: FindingMessages = {
  empty: () => `It is empty. ${layout}`,
  noClassFolders: ({ numPictures }) => `It holds ${numPictures} pictures, but no class folders. ${layout}`,
  oneClass: ({ className }) => `It has one class, "${className}"; telling apart needs two. ${layout}`,
  emptyClass: () => "No picture is in it. Add some, or remove the folder.",
  strangeClasses: ({ classNames, trainPart }) =>
    `The ${trainPart} part has no class ${quoted(classNames)}, which this part has. Rename or remove it.`,
  missingClasses: ({ classNames, trainPart }) =>
    `It has no folder for ${quoted(classNames)}, which the ${trainPart} part has. Make it (it may be empty).`,
  undecodable: ({ problem }) => `${problem} It is left out of training.`,
  wrongExtension: ({ format, named, ending }) =>
    named === undefined
      ? `It is ${format}, but its name is no picture's, so it is passed over. Rename it to end in ${ending}.`
      : `It is ${format}, not ${named} as its name says. Rename it to end in ${ending}.`,
  inParts: ({ isExact, parts, classNames }) => {
    const places = classNames.length > 1 ? ` in the classes ${classNames.join(", ")} and` : "";
    return `${copied(isExact)}${places} in ${parts.join(" and ")}: scores would be too good. Keep it in one part.`;
  },
  inClasses: ({ isExact, classNames }) =>
    `${copied(isExact)} in the classes ${classNames.join(", ")}. Keep it in the right one.`,
  copies: ({ isExact, numFiles }) => `${copied(isExact)} here ${numFiles} times. Keep one.`,
  huge: ({ width, height }) => `It has ${width} x ${height} pixels: slow to read. Make it smaller.`,
  tiny: ({ width, height }) => `It has ${width} x ${height} pixels, which show little. Replace it by a larger one.`,
  blank: () => "It shows one plain colour. Remove it.",
  rareClass: ({ className, numFiles, numFilesOfLargest }) =>
    `Class "${className}" has ${numFiles} pictures, the largest ${numFilesOfLargest}. ` +
    `Add pictures, or train with oversample: "balanced".`,
};

function copied(isExact: boolean): string {
  return isExact ? "The same file lies" : "The same picture, resized or compressed again, lies";
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
