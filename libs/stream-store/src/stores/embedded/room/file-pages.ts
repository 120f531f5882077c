import type { Database, RootDatabase } from 'lmdb';

/** How LMDB uses its file, as of the last commit. */
export interface FilePages {
  readonly pageSize: number;
  /** Bytes up to the last page that was ever used. */
  readonly end: number;
  /** Bytes that one path through a tree takes at the most when it is copied, and split on every level. */
  readonly path: number;
  /** Bytes that the commits under way take beside what is written: for the list of free pages, and the list of trees. */
  readonly overhead: number;
}

interface Stats {
  readonly pageSize: number;
  readonly lastPageNumber: number;
  readonly treeDepth: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
  readonly free: Omit<Stats, 'free' | 'lastPageNumber'>;
}

/** One is written, the next is collected, and one may begin between them. */
const COMMITS_UNDER_WAY = 3;
/** LMDB holds no more than that of the list of free pages in memory, and writes only that anew. */
const MOST_LIST_PAGES = 300;

/** @param trees the largest one first */
export function filePages(root: RootDatabase, trees: readonly Database[]): FilePages {
  const stats = (trees[0] ?? root).getStats() as Stats;
  const { pageSize, free } = stats;
  const depth = Math.max(stats.treeDepth, 2) + 1;
  const list = Math.min(pagesOf(free), MOST_LIST_PAGES);
  const rootDepth = (root.getStats() as Stats).treeDepth + 1;
  return {
    pageSize,
    end: (stats.lastPageNumber + 1) * pageSize,
    path: 2 * depth * pageSize,
    overhead: COMMITS_UNDER_WAY * 2 * (list + free.treeDepth + 1 + rootDepth) * pageSize,
  };
}

/** Bytes of the pages that no tree uses; those of the last two commits are not usable yet. */
export function unusedBytes(root: RootDatabase, others: readonly Database[]): number {
  const stats = root.getStats() as Stats;
  const trees = [stats, stats.free, ...others.map((tree) => tree.getStats() as Stats)];
  const used = trees.reduce((sum, tree) => sum + pagesOf(tree), META_PAGES);
  return (stats.lastPageNumber + 1 - used) * stats.pageSize;
}

const META_PAGES = 2;

function pagesOf(tree: Pick<Stats, 'treeBranchPageCount' | 'treeLeafPageCount' | 'overflowPages'>): number {
  return tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages;
}
