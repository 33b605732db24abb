import { expect, test } from "vitest";
import type { FindingDetail, FindingValues } from "#learning/data/finding-messages.ts";
import { findingText } from "./finding-texts.ts";
import { reportLanguages } from "./texts.ts";

const samples: { readonly [Kind in keyof FindingValues]: readonly FindingValues[Kind][] } = {
  empty: [{}],
  noClassFolders: [{ numPictures: 71 }],
  oneClass: [{ className: "cats" }],
  emptyClass: [{}],
  strangeClasses: [{ classNames: ["cats", "dogs"], trainPart: "train" }],
  missingClasses: [{ classNames: ["cats", "dogs"], trainPart: "train" }],
  undecodable: [{ problem: "It is cut off." }],
  wrongExtension: [
    { format: "PNG", named: "JPEG", ending: ".png" },
    { format: "PNG", named: undefined, ending: ".png" },
  ],
  inParts: [
    { isExact: true, parts: ["train", "test"], classNames: ["cats", "dogs"] },
    { isExact: false, parts: ["train", "test"], classNames: [] },
  ],
  inClasses: [{ isExact: true, classNames: ["cats", "dogs"] }],
  copies: [{ isExact: false, numFiles: 73 }],
  huge: [{ width: 9001, height: 9002 }],
  tiny: [{ width: 11, height: 12 }],
  blank: [{}],
  rareClass: [{ className: "cats", numFiles: 3, numFilesOfLargest: 74 }],
};

const details = Object.entries(samples).flatMap(([kind, all]) =>
  all.map((values) => ({ kind, values }) as FindingDetail),
);

test.each(details)("$kind names its values in every language", (detail) => {
  const named = Object.values(detail.values)
    .flat()
    .filter((value) => typeof value !== "boolean" && value !== undefined);
  for (const language of reportLanguages) {
    const text = findingText(language, { detail });
    for (const value of named) expect(text).toContain(String(value));
    expect(/\p{Script=Han}/u.test(text)).toBe(language === "zh");
  }
});
