// Reads a folder of logs into a store with so many reading threads: node ingest-threads.ts COUNT DB FOLDER

import { ingestLogs } from '../src/ingest.ts';
import { openStore } from '../src/store/open.ts';
import { discoverLogs } from '../src/tail/discover.ts';

const [count, path = '', folder = ''] = process.argv.slice(2);
const db = openStore(path);
const { problems } = await ingestLogs(db, discoverLogs([folder]), {
  hostOf: () => null,
  zoneOf: () => 'UTC',
  user: null,
  everyTurn: false,
  storePath: path,
  derive: () => {},
  progress: () => {},
  threads: Number(count),
});
db.close();
if (problems.length > 0) throw problems[0];
