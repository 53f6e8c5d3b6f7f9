import type { PageDetail, PageFront, PageRow } from '../report/page-shapes.ts';

/** Where the pages take what they show from. */
export interface PageSource {
  readonly front: () => Promise<PageFront>;
  readonly rows: () => Promise<readonly PageRow[]>;
  /** Null where there is no such migration. */
  readonly detail: (id: string) => Promise<PageDetail | null>;
  /** Calls back whenever any of it has changed; never for a report in a file. */
  readonly changed: (listener: () => void) => void;
}
