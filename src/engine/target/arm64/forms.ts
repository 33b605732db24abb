// The table of instructions: words, operand fields, which operands are read and written.
// Arm Architecture Reference Manual for A-profile, C4 (encodings), C6 and C7 (instructions).

export interface Form {
  /** The word without operands, by bits of the registers: 32 and 64, of vectors 32 (one lane), 64 and 128. */
  readonly word: Readonly<Partial<Record<number, number>>>;
  /** Where each register goes: `d` bit 0, `n` bit 5, `a` bit 10, `m` bit 16, `v` both `n` and `m`; `.` is memory. */
  readonly fields: string;
  /** For each operand: read, written, both. */
  readonly roles: string;
  /** The bits of the immediate; without this it has none. */
  readonly immediate?: (value: number, bits: number) => number;
  /** Where the condition code stands. */
  readonly conditionAt?: 0 | 12;
  /** Bits of a distance to a label: 26 from bit 0, 19 from bit 5. */
  readonly distance?: 19 | 26;
  /** What the encoder may write instead where an immediate does not fit. */
  readonly sum?: { readonly opposite: string; readonly byRegister: string };
  /** The instruction on registers where an immediate fits no pattern of bits. */
  readonly logical?: string;
}

const both = (narrow: number, wide = narrow + 0x80000000): Form["word"] => ({ 32: narrow, 64: wide });
const three = (word: Form["word"]): Form => ({ word, fields: "dnm", roles: "wrr" });
const two = (word: Form["word"]): Form => ({ word, fields: "dn", roles: "wr" });
/** On one lane and on all of a vector. */
const lanes = (one: number, all: number): Form["word"] => ({ 32: one, 128: all });
const all = (word: number): Form["word"] => ({ 128: word });
/** Overwrites its first operand. */
const onto = (word: number): Form => ({ word: all(word), fields: "dnm", roles: "xrr" });
const shiftVector = (word: number, count: (value: number) => number): Form => ({
  ...two(all(word)),
  immediate: (value) => count(value) << 16,
});
const laneOf = (value: number): number => value << 19;
const loads = (word: Form["word"]): Form => ({ word, fields: "d.", roles: "wr" });
const stores = (word: Form["word"]): Form => ({ word, fields: ".d", roles: "rr" });
const alone = (word: number): Form => ({ word: { 64: word }, fields: "", roles: "" });

const general = {
  mov: { word: both(0x2a0003e0), fields: "dm", roles: "wr" },
  /** Any constant: written as one or two instructions. */
  constant: { word: both(0x52800000), fields: "d", roles: "w" },
  add: three(both(0x0b000000)),
  sub: three(both(0x4b000000)),
  /** The third operand is 32 bits with sign, shifted left by up to 4. */
  addWide: { ...three({ 64: 0x8b20c000 }), immediate: (value: number) => value << 10 },
  mul: three(both(0x1b007c00)),
  /** d = a - n m */
  msub: { word: both(0x1b008000), fields: "dnma", roles: "wrrr" },
  /** 64 bits from 32 without sign. */
  umull: three({ 64: 0x9ba07c00 }),
  udiv: three(both(0x1ac00800)),
  sdiv: three(both(0x1ac00c00)),
  lslv: three(both(0x1ac02000)),
  lsrv: three(both(0x1ac02400)),
  asrv: three(both(0x1ac02800)),
  and: three(both(0x0a000000)),
  orr: three(both(0x2a000000)),
  eor: three(both(0x4a000000)),
  neg: { word: both(0x4b0003e0), fields: "dm", roles: "wr" },
  sxtw: two({ 64: 0x93407c00 }),
  cmp: { word: both(0x6b00001f), fields: "nm", roles: "rr" },
  csel: { ...three(both(0x1a800000)), conditionAt: 12 },
  csneg: { ...three(both(0x5a800400)), conditionAt: 12 },
  /** 1 where the condition does not hold, else 0. */
  cset: { word: both(0x1a9f07e0), fields: "d", roles: "w", conditionAt: 12 },
  /** -1 where the condition does not hold, else 0. */
  csetMask: { word: both(0x5a9f03e0), fields: "d", roles: "w", conditionAt: 12 },
  ldr: loads({ 8: 0x39400000, 16: 0x79400000, 32: 0xb9400000, 64: 0xf9400000 }),
  str: stores({ 8: 0x39000000, 16: 0x79000000, 32: 0xb9000000, 64: 0xf9000000 }),
} as const satisfies Record<string, Form>;

const immediates = {
  addImmediate: {
    ...two(both(0x11000000)),
    immediate: sum12,
    sum: { opposite: "subImmediate", byRegister: "add" },
  },
  subImmediate: {
    ...two(both(0x51000000)),
    immediate: sum12,
    sum: { opposite: "addImmediate", byRegister: "sub" },
  },
  cmpImmediate: {
    word: both(0x7100001f),
    fields: "n",
    roles: "r",
    immediate: sum12,
    sum: { opposite: "cmnImmediate", byRegister: "cmp" },
  },
  cmnImmediate: { word: both(0x3100001f), fields: "n", roles: "r", immediate: sum12 },
  andImmediate: { ...two({ 32: 0x12000000 }), logical: "and" },
  orrImmediate: { ...two({ 32: 0x32000000 }), logical: "orr" },
  eorImmediate: { ...two({ 32: 0x52000000 }), logical: "eor" },
  lslImmediate: {
    ...two({ 32: 0x53000000, 64: 0xd3400000 }),
    immediate: (value, bits) => (((bits - value) % bits) << 16) | ((bits - 1 - value) << 10),
  },
  lsrImmediate: {
    ...two({ 32: 0x53000000, 64: 0xd3400000 }),
    immediate: (value, bits) => (value << 16) | ((bits - 1) << 10),
  },
  asrImmediate: {
    ...two({ 32: 0x13000000, 64: 0x93400000 }),
    immediate: (value, bits) => (value << 16) | ((bits - 1) << 10),
  },
} as const satisfies Record<string, Form>;

const floats = {
  fadd: three(lanes(0x1e202800, 0x4e20d400)),
  fsub: three(lanes(0x1e203800, 0x4ea0d400)),
  fmul: three(lanes(0x1e200800, 0x6e20dc00)),
  fdiv: three(lanes(0x1e201800, 0x6e20fc00)),
  fmax: three(lanes(0x1e204800, 0x4e20f400)),
  fmin: three(lanes(0x1e205800, 0x4ea0f400)),
  fneg: two(lanes(0x1e214000, 0x6ea0f800)),
  fabs: two(lanes(0x1e20c000, 0x4ea0f800)),
  fsqrt: two(lanes(0x1e21c000, 0x6ea1f800)),
  frintn: two(lanes(0x1e244000, 0x4e218800)),
  frintm: two(lanes(0x1e254000, 0x4e219800)),
  frintp: two(lanes(0x1e24c000, 0x4ea18800)),
  /** d = a + n m */
  fmadd: { word: { 32: 0x1f000000 }, fields: "dnma", roles: "wrrr" },
  fmla: onto(0x4e20cc00),
  /** The third operand is one lane, of all 32 registers. */
  fmlaLane: { ...onto(0x4f801000), immediate: elementOf },
  fmulLane: { ...three(all(0x4f809000)), immediate: elementOf },
  fcmp: { word: { 32: 0x1e202000 }, fields: "nm", roles: "rr" },
  fcsel: { ...three({ 32: 0x1e200c00 }), conditionAt: 12 },
  fcmeq: three(all(0x4e20e400)),
  fcmge: three(all(0x6e20e400)),
  fcmgt: three(all(0x6ea0e400)),
  fcvtzs: two(all(0x4ea1b800)),
  scvtf: two(all(0x4e21d800)),
  /** Between a general register and a lane. */
  fcvtzsTo: two({ 32: 0x1e380000 }),
  scvtfFrom: two({ 32: 0x1e220000 }),
  fmovTo: two({ 32: 0x1e260000 }),
  fmovFrom: two({ 32: 0x1e270000 }),
  halfToSingle: two(lanes(0x1ee24000, 0x0e217800)),
  singleToHalf: two(lanes(0x1e23c000, 0x0e216800)),
} as const satisfies Record<string, Form>;

const vectors = {
  vmov: { word: { 32: 0x4ea01c00, 128: 0x4ea01c00 }, fields: "dv", roles: "wr" },
  vzero: { word: { 32: 0x6f00e400, 128: 0x6f00e400 }, fields: "d", roles: "w" },
  vldr: loads({ 16: 0x7d400000, 32: 0xbd400000, 64: 0xfd400000, 128: 0x3dc00000 }),
  vstr: stores({ 16: 0x7d000000, 32: 0xbd000000, 64: 0xfd000000, 128: 0x3d800000 }),
  vadd: three(all(0x4ea08400)),
  vsub: three(all(0x6ea08400)),
  vmul: three(all(0x4ea09c00)),
  smin: three(all(0x4ea06c00)),
  smax: three(all(0x4ea06400)),
  vabs: two(all(0x4ea0b800)),
  vneg: two(all(0x6ea0b800)),
  vand: three(all(0x4e201c00)),
  vorr: three(all(0x4ea01c00)),
  veor: three(all(0x6e201c00)),
  vnot: two(all(0x6e205800)),
  /** Where the first operand has a bit set the second's, else the third's. */
  bsl: onto(0x6e601c00),
  cmeq: three(all(0x6ea08c00)),
  cmgt: three(all(0x4ea03400)),
  cmge: three(all(0x4ea03c00)),
  /** By as many bits as the third operand's lanes say, to the right where they are negative. */
  sshl: three(all(0x4ea04400)),
  ushl: three(all(0x6ea04400)),
  shl: shiftVector(0x4f005400, (value) => 32 + value),
  sshr: shiftVector(0x4f000400, (value) => 64 - value),
  ushr: shiftVector(0x6f000400, (value) => 64 - value),
  /** Products of 64 bits: of the lower two lanes, of the upper two. */
  umullLower: three(all(0x2ea0c000)),
  umullUpper: three(all(0x6ea0c000)),
  dupLane: { ...two(lanes(0x5e040400, 0x4e040400)), immediate: laneOf },
  dupFrom: two(all(0x4e040c00)),
  umov: { ...two({ 32: 0x0e043c00 }), immediate: laneOf },
  /** The immediate is 4 times the lane written plus the lane read. */
  insLane: {
    word: all(0x6e040400),
    fields: "dn",
    roles: "xr",
    immediate: (value) => laneOf(value >> 2) | ((value & 3) << 13),
  },
  insFrom: { word: all(0x4e041c00), fields: "dn", roles: "xr", immediate: laneOf },
  zip1: three(all(0x4e803800)),
  zip2: three(all(0x4e807800)),
  uzp1: three(all(0x4e801800)),
  uzp2: three(all(0x4e805800)),
  trn1: three(all(0x4e802800)),
  trn2: three(all(0x4e806800)),
  zip1Pairs: three(all(0x4ec03800)),
  zip2Pairs: three(all(0x4ec07800)),
  /** Lanes of two vectors in a row, from the byte that the immediate says. */
  ext: { ...three(all(0x6e000000)), immediate: (value) => value << 11 },
  bytesToHalves: two(all(0x2f08a400)),
  halvesToWords: two(all(0x2f10a400)),
  /** Halves to the upper half of words. */
  halvesToUpper: two(all(0x2e613800)),
  wordsToHalves: two(all(0x0e612800)),
  halvesToBytes: two(all(0x0e212800)),
} as const satisfies Record<string, Form>;

const flow = {
  b: { ...alone(0x14000000), distance: 26 },
  bl: { ...alone(0x94000000), distance: 26 },
  bcc: { ...alone(0x54000000), conditionAt: 0, distance: 19 },
  cbz: { word: both(0x34000000), fields: "d", roles: "r", distance: 19 },
  cbnz: { word: both(0x35000000), fields: "d", roles: "r", distance: 19 },
  blr: { word: { 64: 0xd63f0000 }, fields: "n", roles: "r" },
  ret: alone(0xd65f03c0),
  /** Atomic accesses; addresses are plain registers. */
  ldaxr: two({ 32: 0x885ffc00 }),
  stlxr: { word: { 32: 0x8800fc00 }, fields: "mdn", roles: "wrr" },
  ldar: two({ 32: 0x88dffc00 }),
  dmb: alone(0xd5033bbf),
  yield: alone(0xd503203f),
  svc: alone(0xd4000001),
  readFloatMode: { word: { 64: 0xd53b4400 }, fields: "d", roles: "w" },
  writeFloatMode: { word: { 64: 0xd51b4400 }, fields: "d", roles: "r" },
  readClock: { word: { 64: 0xd53be040 }, fields: "d", roles: "w" },
} as const satisfies Record<string, Form>;

/** Every instruction by its name. */
export const forms: Readonly<Record<string, Form>> = { ...general, ...immediates, ...floats, ...vectors, ...flow };

/** 12 bits, or 12 bits shifted left by 12. */
function sum12(value: number): number {
  return value < 4096 ? value << 10 : 0x400000 | ((value >> 12) << 10);
}

/** Bits of a lane's number from 0 to 3. */
function elementOf(value: number): number {
  return ((value & 1) << 21) | ((value >> 1) << 11);
}
