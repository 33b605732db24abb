// Checks the pages of a Parquet column before they are decoded: hyparquet takes counts of values and lengths of runs as they
// come. Covers columns that are no lists; a column's chunks hold as many values as its rows.

import type { ColumnMetaData } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { readVarInt } from "hyparquet/src/thrift.js";
import { snappyUncompress } from "hyparquet";
import { damaged } from "#learning/data/table/limits.ts";

/** How much larger a page may be than its compressed bytes: 64 bytes of 3 in Snappy, with room. */
const maxRatio = 64;
const smallPage = 4096;
/** Values that a run of packed bits may have beyond those that are needed. */
const spareValues = 504;
const encodings = new Set(["PLAIN", "PLAIN_DICTIONARY", "RLE_DICTIONARY", "RLE", "BYTE_STREAM_SPLIT"]);

interface Reader {
  readonly view: DataView;
  offset: number;
}

type PageHeader = ReturnType<typeof parquetHeader>;

/** A column of one row group. */
export interface ColumnChunkFacts {
  readonly metadata: ColumnMetaData;
  readonly numRows: number;
  /** Whether values may be missing. */
  readonly isOptional: boolean;
}

/**
 * Checks all pages of a chunk.
 * @param bytes of the chunk, as hyparquet will read them
 * @throws format
 */
export function checkColumnChunk(bytes: Uint8Array, chunk: ColumnChunkFacts, where: string): void {
  const reader: Reader = { view: viewOf(bytes), offset: 0 };
  let numValues = 0;
  while (numValues < chunk.numRows) {
    if (reader.offset >= bytes.length - 1)
      throw damaged("Parquet", `${where} ends after ${numValues} of ${chunk.numRows} rows`);
    const header = parquetHeader(reader);
    const page = pageBytes(bytes, reader, header, where);
    if (header.type === "DICTIONARY_PAGE") {
      checkCount(header.dictionary_page_header?.num_values, sizeOfPage(header) * 8, where);
      decompressed(page, sizeOfPage(header), chunk.metadata.codec, where);
    } else {
      numValues += checkDataPage(page, header, { ...chunk, numRows: chunk.numRows - numValues }, where);
    }
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The bytes of a page; the reader goes on after it. */
function pageBytes(bytes: Uint8Array, reader: Reader, header: PageHeader, where: string): Uint8Array {
  const { compressed_page_size: size } = header;
  const isWithin = Number.isInteger(size) && size >= 0 && size <= bytes.length - reader.offset;
  if (!isWithin) throw damaged("Parquet", `${where} has a page of ${size} bytes`);
  const page = bytes.subarray(reader.offset, reader.offset + size);
  reader.offset += size;
  return page;
}

function sizeOfPage({ uncompressed_page_size: size }: PageHeader): number {
  return Number.isInteger(size) && size >= 0 ? size : -1;
}

function checkCount(count: number | undefined, most: number, where: string): number {
  if (count !== undefined && Number.isInteger(count) && count >= 0 && count <= most) return count;
  throw damaged("Parquet", `${where} has a page of ${count} values, at most ${most} are possible`);
}

function decompressed(page: Uint8Array, size: number, codec: string, where: string): Uint8Array {
  if (codec === "UNCOMPRESSED" && size === page.length) return page;
  if (codec === "SNAPPY" && size >= 0 && size <= page.length * maxRatio + smallPage) {
    const output = new Uint8Array(size);
    snappyUncompress(page, output);
    return output;
  }
  if (codec !== "SNAPPY" && codec !== "UNCOMPRESSED") {
    throw damaged("Parquet", `${where} is compressed by ${codec}, which is not read. Write it with Snappy`);
  }
  throw damaged("Parquet", `${where} has a page of ${page.length} bytes that stands for ${size}`);
}

/** Checks a page; gives how many values it has. */
function checkDataPage(bytes: Uint8Array, header: PageHeader, chunk: ColumnChunkFacts, where: string): number {
  const { data_page_header: first, data_page_header_v2: second, type } = header;
  const facts = type === "DATA_PAGE" ? first : type === "DATA_PAGE_V2" ? second : undefined;
  if (facts === undefined) throw damaged("Parquet", `${where} has a page of kind ${type}`);
  const numValues = checkCount(facts.num_values, chunk.numRows, where);
  if (!encodings.has(facts.encoding)) {
    throw damaged("Parquet", `${where} is encoded by ${facts.encoding}, which is not read. Write it with a dictionary`);
  }
  const { codec } = chunk.metadata;
  if (second === undefined || type === "DATA_PAGE") {
    const page = decompressed(bytes, sizeOfPage(header), codec, where);
    const reader: Reader = { view: viewOf(page), offset: 0 };
    const numMissing = chunk.isOptional ? checkLevels(reader, numValues, where) : 0;
    checkValues(reader, facts.encoding, { numValues: numValues - numMissing, isFirst: true, chunk }, where);
    return numValues;
  }
  const levels = second.definition_levels_byte_length + second.repetition_levels_byte_length;
  const isWithin =
    Number.isInteger(levels) && levels >= 0 && levels <= bytes.length && second.repetition_levels_byte_length === 0;
  if (!isWithin) throw damaged("Parquet", `${where} has levels of ${levels} bytes`);
  const numMissing = checkCount(second.num_nulls, numValues, where);
  const levelReader: Reader = { view: viewOf(bytes.subarray(0, levels)), offset: 0 };
  if (chunk.isOptional && checkRuns(levelReader, 1, numValues, where) !== numMissing) {
    throw damaged("Parquet", `${where} has other missing values than it says`);
  }
  const size = sizeOfPage(header) - levels;
  const isPacked = second.is_compressed !== false && size > 0;
  const page = isPacked ? decompressed(bytes.subarray(levels), size, codec, where) : bytes.subarray(levels);
  const reader: Reader = { view: viewOf(page), offset: 0 };
  checkValues(reader, facts.encoding, { numValues: numValues - numMissing, isFirst: false, chunk }, where);
  return numValues;
}

/** Definition levels with their length before them; gives how many values are missing. */
function checkLevels(reader: Reader, numValues: number, where: string): number {
  const length = reader.view.getUint32(reader.offset, true);
  reader.offset += 4;
  const start = reader.offset;
  const numMissing = checkRuns(reader, 1, numValues, where);
  if (length > reader.view.byteLength - start) throw damaged("Parquet", `${where} has levels of ${length} bytes`);
  reader.offset = start + length;
  return numMissing;
}

interface Values {
  /** Without those that are missing. */
  readonly numValues: number;
  readonly isFirst: boolean;
  readonly chunk: ColumnChunkFacts;
}

function checkValues(reader: Reader, encoding: string, { numValues, isFirst, chunk }: Values, where: string): void {
  if (numValues === 0) return;
  if (encoding === "RLE") {
    if (chunk.metadata.type !== "BOOLEAN") throw damaged("Parquet", `${where} has runs of ${chunk.metadata.type}`);
    // Booleans have their length before them.
    reader.offset += 4;
    checkRuns(reader, 1, numValues, where);
  } else if (encoding.endsWith("DICTIONARY")) {
    const width = reader.view.getUint8(reader.offset);
    reader.offset += 1;
    if (width > 32) throw damaged("Parquet", `${where} has numbers of ${width} bits`);
    if (width > 0 || !isFirst) checkRuns(reader, width, numValues, where);
  }
}

/**
 * Runs of equal numbers and of packed bits. None may go beyond the values that are needed.
 * @returns how many are 0, for numbers of one bit
 */
function checkRuns(reader: Reader, width: number, numValues: number, where: string): number {
  let [seen, numZeros] = [0, 0];
  while (seen < numValues) {
    const header = readVarInt(reader);
    const isPacked = (header & 1) === 1;
    const count = isPacked ? (header >>> 1) * 8 : header >>> 1;
    const most = numValues - seen + (isPacked ? spareValues : 0);
    if (count === 0 || count > most)
      throw damaged("Parquet", `${where} has a run of ${count} values, ${most} are left`);
    const numBytes = isPacked ? (count / 8) * width : (width + 7) >> 3;
    if (!isPacked)
      numZeros += reader.view.byteLength > reader.offset && reader.view.getUint8(reader.offset) === 0 ? count : 0;
    else if (width === 1) numZeros += zeroBits(reader, Math.min(count, numValues - seen));
    reader.offset += numBytes;
    if (reader.offset > reader.view.byteLength) throw damaged("Parquet", `${where} ends within a run`);
    seen += count;
  }
  return numZeros;
}

function zeroBits({ view, offset }: Reader, count: number): number {
  let zeros = 0;
  for (let bit = 0; bit < count; bit += 1) {
    const byte = view.getUint8(offset + (bit >> 3));
    zeros += (byte >> (bit & 7)) & 1 ? 0 : 1;
  }
  return zeros;
}
