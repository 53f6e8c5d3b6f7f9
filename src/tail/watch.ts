import { resolve } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';

/** Who is told that something may have changed in a folder. That is all it means: the files themselves are looked at. */
export interface Waker {
  /** Watches these folders from now on, besides those that it watches. */
  add(folders: readonly string[]): void;
  /** Leaves a folder alone until it is added again. */
  pause(folder: string): void;
  close(): Promise<void>;
}

/** Makes a waker; `changed` is called with a folder, `failed` where one cannot be watched (too many watches, no such call). */
export type MakeWaker = (changed: (folder: string) => void, failed: (error: Error) => void) => Waker;

/**
 * Watches by the system's notices. Only folders are watched, not what is in the folders below: a watched file would never
 * tell of late lines in a file that was renamed.
 */
export const watchFolders: MakeWaker = (changed, failed) => {
  const watched = new Set<string>();
  const watcher: FSWatcher = watch([], {
    depth: 0,
    ignoreInitial: true,
    atomic: false,
    ignorePermissionErrors: true,
  });
  watcher.on('raw', (_event, _path, details) => changed(resolve((details as { watchedPath: string }).watchedPath)));
  watcher.on('error', (error) => failed(error as Error));
  return {
    add(folders) {
      const more = folders.map((folder) => resolve(folder)).filter((folder) => !watched.has(folder));
      for (const folder of more) watched.add(folder);
      if (more.length > 0) watcher.add(more);
    },
    pause(folder) {
      if (watched.delete(folder)) watcher.unwatch(folder);
    },
    close: () => watcher.close(),
  };
};
