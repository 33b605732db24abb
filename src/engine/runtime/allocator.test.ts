// The allocator never hands out a byte twice, and what was freed comes back whole.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { alignment, Allocator } from "#engine/runtime/allocator.ts";

const start = alignment * 8;
const end = start + alignment * 1000;

test("blocks never overlap, stay inside, and freeing all gives the whole space back", () => {
  const commands = fc.array(fc.record({ bytes: fc.integer({ min: 0, max: 20_000 }), free: fc.nat() }), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(commands, (list) => {
      const allocator = new Allocator(start, end);
      const blocks: { address: number; bytes: number }[] = [];
      for (const { bytes, free } of list) {
        const address = allocator.allocate(bytes);
        if (address !== undefined) {
          expect(address % alignment).toBe(0);
          expect(address >= start && address + bytes <= end).toBe(true);
          const overlaps = blocks.some(
            (other) => address < other.address + other.bytes && other.address < address + bytes,
          );
          expect(overlaps).toBe(false);
          blocks.push({ address, bytes });
        }
        if (address === undefined || free % 3 === 0) {
          const [block] = blocks.splice(free % Math.max(1, blocks.length), 1);
          if (block !== undefined) allocator.release(block.address);
        }
      }
      for (const { address } of blocks) allocator.release(address);
      expect(allocator.liveBytes).toBe(0);
      expect(allocator.largestFree).toBe(end - start);
    }),
  );
});

test("the space grows at its end, joined to what is free there", () => {
  const allocator = new Allocator(start, end);
  const first = allocator.allocate(alignment * 990);
  expect(first).toBe(start);
  expect(allocator.allocate(alignment * 20)).toBeUndefined();
  expect(allocator.missingFor(alignment * 20)).toBe(alignment * 10);
  allocator.extend(end + alignment * 10);
  expect(allocator.allocate(alignment * 20)).toBe(start + alignment * 990);
  expect(() => allocator.release(12345)).toThrow(/released twice/);
});
