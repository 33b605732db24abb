// Groups of files that show the same picture: equal bytes, or looks so near that one is a copy of the other.

import { platform } from "#engine/platform/api.ts";
import type { InspectedPicture } from "#learning/data/inspect-picture.ts";
import { isNear, mostNear, type Signature } from "#learning/data/signature.ts";

/** Files that show one picture. */
export interface DuplicateGroup {
  /** Positions in the list that was given, ascending; two or more. */
  readonly members: readonly number[];
  /** Whether all have the same bytes. */
  readonly isExact: boolean;
}

/** A looks' mean brightness: two that are near differ by no more than they do as a whole. */
interface Look {
  readonly picture: number;
  readonly signature: Signature;
  readonly mean: number;
  /** Over white, as pictures are trained on. */
  readonly isMain: boolean;
  /** Whether the picture has no other looks. */
  readonly isOnly: boolean;
}

/** Below this contrast every picture looks like every other. */
export const leastContrast = 2;
const pausePairs = 1_000_000;

/**
 * The groups of equal or nearly equal pictures, by their first member. Pauses now and then.
 * @param pause awaited then; ends the search by throwing
 */
export async function findDuplicates(
  pictures: readonly InspectedPicture[],
  pause: () => Promise<void> = () => platform().yield(),
): Promise<DuplicateGroup[]> {
  const groups = new Groups(pictures.length);
  const firstOf = new Map<string, number>();
  pictures.forEach(({ sha256 }, index) => {
    if (sha256 === undefined) return;
    const first = firstOf.get(sha256);
    if (first === undefined) firstOf.set(sha256, index);
    else groups.join(first, index);
  });
  await joinNear(looksOf(pictures, new Set(firstOf.values())), groups, pause);
  return groups.list().map((members) => ({
    members,
    isExact: members.every((index) => pictures[index]?.sha256 === pictures[members[0] ?? 0]?.sha256),
  }));
}

function looksOf(pictures: readonly InspectedPicture[], chosen: ReadonlySet<number>): Look[] {
  const looks = pictures.flatMap(({ looks: signatures }, picture) =>
    signatures
      .filter(({ contrast }) => chosen.has(picture) && contrast >= leastContrast)
      .map((signature, index): Look => ({
        picture,
        signature,
        mean: meanOf(signature),
        isMain: index === 0,
        isOnly: signatures.length === 1,
      })),
  );
  return looks.toSorted((a, b) => a.mean - b.mean || a.picture - b.picture);
}

async function joinNear(looks: readonly Look[], groups: Groups, pause: () => Promise<void>): Promise<void> {
  let numPairs = 0;
  for (const [index, left] of looks.entries()) {
    for (let other = index + 1; other < looks.length; other += 1) {
      const right = looks[other];
      if (right === undefined || right.mean - left.mean > mostNear) break;
      numPairs += 1;
      if (mayBeCopies(left, right) && isNear(left.signature, right.signature)) groups.join(left.picture, right.picture);
    }
    if (numPairs < pausePairs) continue;
    numPairs = 0;
    // oxlint-disable-next-line no-await-in-loop -- lets other work of this thread run
    await pause();
  }
}

/** Another look stands for what a program that knows no alpha made of the picture: a copy without clear pixels. */
function mayBeCopies(left: Look, right: Look): boolean {
  return (left.isMain && right.isMain) || (left.isOnly && !right.isMain) || (right.isOnly && !left.isMain);
}

function meanOf({ coarse }: Signature): number {
  return coarse.reduce((sum, value) => sum + value, 0) / coarse.length;
}

/** Numbers joined into groups (union-find). */
class Groups {
  readonly #parent: Int32Array;

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, index) => index);
  }

  join(left: number, right: number): void {
    const [a, b] = [this.#root(left), this.#root(right)];
    this.#parent[Math.max(a, b)] = Math.min(a, b);
  }

  /** Groups of two or more. */
  list(): number[][] {
    const members = new Map<number, number[]>();
    this.#parent.forEach((_, index) => {
      const root = this.#root(index);
      const known = members.get(root);
      if (known === undefined) members.set(root, [index]);
      else known.push(index);
    });
    return [...members.values()].filter(({ length }) => length > 1);
  }

  #root(index: number): number {
    let at = index;
    for (let up = this.#parent[at] ?? at; up !== at; up = this.#parent[at] ?? at) at = up;
    return at;
  }
}
