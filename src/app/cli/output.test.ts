import { expect, test } from "vitest";
import { displayWidth, table } from "./output.ts";

test.each([
  ["accuracy 0.5", 12],
  ["准确率", 6],
  ["“cats”：3 张", 12],
  ["한국 カナ", 9],
  ["cafe\u0301", 4],
  ["💥 𠮷", 5],
  ["━─…", 3],
])("%s takes %i columns", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test("columns are aligned by what a terminal shows", () => {
  const rows = [
    ["类别", "图片数"],
    ["cats", "7"],
    ["小狗们", "1200"],
  ];
  expect(table(rows).split("\n")).toEqual(["类别    图片数", "cats         7", "小狗们    1200"]);
});
