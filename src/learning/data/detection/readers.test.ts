import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installPlatform } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import { cocoResults, readCoco, writeCocoResults } from "./coco-json.ts";
import { parseXml } from "./plain-xml.ts";
import { readVoc } from "./voc-xml.ts";
import { readYolo } from "./yolo-text.ts";

let folder = "";
beforeAll(async () => {
  installPlatform(createNodePlatform());
  folder = await mkdtemp(join(tmpdir(), "sinter-boxes-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

const coco = {
  images: [
    { id: 9, file_name: "b.png", width: 20, height: 10 },
    { id: 4, file_name: "sub/a.png", width: 30, height: 40 },
  ],
  categories: [
    { id: 7, name: "dog" },
    { id: 2, name: "cat" },
  ],
  annotations: [
    { image_id: 9, category_id: 7, bbox: [1, 2, 3, 4.5], area: 5, iscrowd: 1 },
    { image_id: 9, category_id: 2, bbox: [0, 0, 2, 2] },
    { image_id: 9, category_id: 2, bbox: [5, 5, 0, 2] },
  ],
};

test("COCO: classes and pictures by id, crowds, areas, no empty boxes", async () => {
  const found = await readCoco(await write("coco.json", JSON.stringify(coco)), "/pictures");
  expect(found.classNames).toEqual(["cat", "dog"]);
  expect(found.pictures).toEqual([
    { file: "/pictures/sub/a.png", id: 4, size: [40, 30], objects: { boxes: [], labels: [], crowd: [], areas: [] } },
    {
      file: "/pictures/b.png",
      id: 9,
      size: [10, 20],
      objects: {
        boxes: [
          [1, 2, 4, 6.5],
          [0, 0, 2, 2],
        ],
        labels: [1, 0],
        crowd: [true, false],
        areas: [5, 4],
      },
    },
  ]);
  const results = [
    { boxes: [], labels: [], scores: [] },
    { boxes: [[1, 2, 4, 8] as const], labels: [1], scores: [0.5] },
  ];
  expect(cocoResults(results, found)).toEqual([{ image_id: 9, category_id: 7, bbox: [1, 2, 3, 6], score: 0.5 }]);
  const path = join(folder, "results.json");
  await writeCocoResults(path, results, found);
  expect(JSON.parse(await readFile(path, "utf8"))).toHaveLength(1);
  expect(() => cocoResults([], found)).toThrow("detections of 0 pictures, there are 2");
});

const damaged: readonly [string, unknown, string][] = [
  ["no JSON", "{", "is no JSON"],
  ["no lists", { images: [] }, '"annotations" is no list of objects'],
  [
    "a box of text",
    { ...coco, annotations: [{ image_id: 9, category_id: 7, bbox: "1 2 3 4" }] },
    'annotations[0]: "bbox" is',
  ],
  [
    "another image",
    { ...coco, annotations: [{ image_id: 1, category_id: 7, bbox: [1, 1, 1, 1] }] },
    "image_id 1 is no image's",
  ],
  [
    "another class",
    { ...coco, annotations: [{ image_id: 9, category_id: 1, bbox: [1, 1, 1, 1] }] },
    "category_id 1 is no",
  ],
  [
    "a way out",
    { ...coco, images: [{ ...coco.images[0], file_name: "../../etc/passwd" }], annotations: [] },
    "is not inside",
  ],
  ["no size", { ...coco, images: [{ id: 9, file_name: "b.png" }], annotations: [] }, 'images[0]: "height" is missing'],
];
test.each(damaged)("COCO: %s is refused", async (_, content, message) => {
  const path = await write("damaged.json", typeof content === "string" ? content : JSON.stringify(content));
  await expect(readCoco(path, "/pictures")).rejects.toThrow(message);
});

const voc = (body: string): string => `<?xml version="1.0"?>
<!-- made by hand -->
<annotation>
  <filename>a.jpg</filename>
  <size><width>50</width><height>40</height><depth>3</depth></size>
  ${body}
</annotation>
`;
const object = (
  name: string,
  difficult: number,
  ...box: readonly (number | string)[]
): string => `<object attribute="x">
    <name>${name}</name><difficult>${difficult}</difficult>
    <bndbox><xmin>${box[0]}</xmin><ymin>${box[1]}</ymin><xmax>${box[2]}</xmax><ymax>${box[3]}</ymax></bndbox>
  </object>`;

test("VOC: pixels count from 1, difficult objects are crowds, entities are read", async () => {
  const text = voc(`${object("wine &amp; glass", 0, 1, 1, 10, 20)}${object("<![CDATA[cat]]>", 1, 5, 6, 7, 8)}`);
  await write("voc/Annotations/a.xml", text);
  const found = await readVoc(join(folder, "voc"));
  expect(found.classNames).toEqual(["cat", "wine & glass"]);
  expect(found.pictures).toEqual([
    {
      file: join(folder, "voc", "JPEGImages", "a.jpg"),
      size: [40, 50],
      objects: {
        boxes: [
          [0, 0, 10, 20],
          [4, 5, 7, 8],
        ],
        labels: [1, 0],
        crowd: [false, true],
      },
    },
  ]);
  await expect(readVoc(join(folder, "voc"), { classNames: ["cat"] })).rejects.toThrow(
    'a.xml:6: the class "wine & glass"',
  );
});

test.each([
  ["a box of text", voc(object("cat", 0, "left", 1, 2, 3)), '.xml:8: <xmin> is "left", expected a number'],
  ["a box inside out", voc(object("cat", 0, 9, 1, 2, 3)), ".xml:8: a box from (8, 0) to (2, 3)"],
  ["no box", voc("<object>\n<name>cat</name></object>"), ".xml:6: <object> has no <bndbox>"],
  ["an open element", "<annotation>\n<size>", ".xml:2: <size> has no end"],
  ["crossed elements", "<a>\n<b></a></b>", ".xml:2: </a> closes <b>"],
  ["a DOCTYPE", '<!DOCTYPE a [<!ENTITY b "bbb">]>\n<a>&b;</a>', ".xml:1: a tag that is not closed, or a DOCTYPE"],
  ["an entity", "<a>\n&b;</a>", ".xml:1: &b; stands for nothing"],
  ["depth", "<a>".repeat(100), ".xml:1: more than 32 elements in each other"],
  ["two outermost", "<a/><b/>", "expected one element around all others"],
])("VOC: %s is refused", async (_, text, message) => {
  await write("bad/a.xml", text);
  await expect(readVoc(join(folder, "bad"))).rejects.toThrow(message);
});

test("many tags are refused quickly", () => {
  expect(() => parseXml(`<a>${"<b/>".repeat(200_000)}</a>`, "x")).toThrow("100000 in all");
  expect(() => parseXml("<".repeat(1e6), "x")).toThrow("a tag that is not closed");
  expect(() => parseXml(`<a ${"x".repeat(1e6)}`, "x")).toThrow("a tag that is not closed");
});

test("YOLO: shares, outlines, pictures without objects, names of every kind", async () => {
  await write("yolo/images/a.png", "");
  await write("yolo/images/deep/b.png", "");
  await write("yolo/labels/a.txt", "1 0.5 0.5 0.2 0.4\r\n\n0 0.1 0.2 0.3 0.2 0.3 0.6\n");
  const files = [
    ["yolo/data.yaml", "path: x\nnames: ['cat', dog] # two\nnc: 2\n"],
    ["yolo/data.yaml", 'names:\n  0: cat # small\n  1: "dog"\nnc: 2\n'],
    ["yolo/data.yaml", "nc: 2\r\nnames:\r\n- cat\r\n- dog\r\n"],
    ["classes.txt", "cat\ndog\n"],
  ] as const;
  for (const [name, text] of files) {
    await rm(join(folder, "yolo/data.yaml"), { force: true });
    await write(name, text);
    const found = await readYolo(join(folder, "yolo"));
    expect(found.classNames).toEqual(["cat", "dog"]);
    expect(found.pictures.map(({ file }) => file)).toEqual(
      ["a.png", "deep/b.png"].map((one) => join(folder, "yolo/images", one)),
    );
    expect(found.pictures[0]?.objects.labels).toEqual([1, 0]);
    expect(found.pictures[0]?.objects.boxes.flat().map((one) => Math.round(one * 100))).toEqual([
      40, 30, 60, 70, 10, 20, 30, 60,
    ]);
    expect(found.pictures[1]?.objects.boxes).toEqual([]);
  }
});

test.each([
  ["0 0.5 0.5 0.2", "a.txt:2: expected a class and four numbers"],
  ["2 0.5 0.5 0.2 0.2", "a.txt:2: class 2, there are 2, from 0"],
  ["cat 0.5 0.5 0.2 0.2", "a.txt:2: class cat, there are 2"],
  ["0 0.5 x 0.2 0.2", "a.txt:2: expected a class"],
  ["0 0.5 0.5 0 0.2", "a.txt:2: a box from"],
])("YOLO: %s is refused", async (line, message) => {
  await write("yolo2/images/a.png", "");
  await write("yolo2/labels/a.txt", `\n${line}\n`);
  await expect(readYolo(join(folder, "yolo2"), { classNames: ["a", "b"] })).rejects.toThrow(message);
});
