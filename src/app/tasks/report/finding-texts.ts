// What a data check found, in the language of the report and of the command line.

import type { DataFinding } from "#learning/data/data-findings.ts";
import { englishFindings, findingMessage, type FindingMessages } from "#learning/data/finding-messages.ts";
import type { ReportLanguage } from "./texts.ts";

const layout = "请把每个类别的图片放进各自的文件夹：FOLDER/cats/1.jpg、FOLDER/dogs/1.jpg。";

const chineseFindings: FindingMessages = {
  empty: () => `文件夹是空的。${layout}`,
  noClassFolders: ({ numPictures }) => `其中有 ${numPictures} 张图片，但没有类别文件夹。${layout}`,
  oneClass: ({ className }) => `只有一个类别“${className}”，至少两个类别才能区分。${layout}`,
  emptyClass: () => "其中没有图片。请添加图片，或删除该文件夹。",
  strangeClasses: ({ classNames, trainPart }) =>
    `这一部分的类别${quoted(classNames)}在 ${trainPart} 部分中没有。请改名或删除。`,
  missingClasses: ({ classNames, trainPart }) =>
    `${trainPart} 部分的类别${quoted(classNames)}在这一部分中没有文件夹。请新建（可以为空）。`,
  undecodable: ({ problem }) => `${problem} 训练时会略过它。`,
  wrongExtension: ({ format, named, ending }) =>
    named === undefined
      ? `内容是 ${format}，但文件名不是图片的名称，因此会被略过。请把扩展名改为 ${ending}。`
      : `内容是 ${format}，而不是文件名所示的 ${named}。请把扩展名改为 ${ending}。`,
  inParts: ({ isExact, parts, classNames }) => {
    const classes = classNames.length > 1 ? `类别 ${classNames.join("、")} 和` : "";
    return `${copied(isExact)}同时在${classes} ${parts.join("、")} 部分中：得分会虚高。请只保留在一个部分中。`;
  },
  inClasses: ({ isExact, classNames }) =>
    `${copied(isExact)}同时在类别 ${classNames.join("、")} 中。请只保留在正确的类别中。`,
  copies: ({ isExact, numFiles }) => `${copied(isExact)}在此出现 ${numFiles} 次。请只保留一份。`,
  huge: ({ width, height }) => `有 ${width} x ${height} 像素，读取很慢。请缩小。`,
  tiny: ({ width, height }) => `只有 ${width} x ${height} 像素，几乎看不出内容。请换成更大的图片。`,
  blank: () => "整张图片只有一种颜色。请删除。",
  rareClass: ({ className, numFiles, numFilesOfLargest }) =>
    `类别“${className}”有 ${numFiles} 张图片，最大的类别有 ${numFilesOfLargest} 张。` +
    `请添加图片，或训练时使用 oversample: "balanced"。`,
};

const tables: Readonly<Record<ReportLanguage, FindingMessages>> = { en: englishFindings, zh: chineseFindings };

/** The message of a finding in a language. */
export function findingText(language: ReportLanguage, { detail }: Pick<DataFinding, "detail">): string {
  return findingMessage(tables[language], detail);
}

function copied(isExact: boolean): string {
  return isExact ? "同一个文件" : "同一张图片（经过缩放或重新压缩）";
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `“${name}”`).join("、");
}
