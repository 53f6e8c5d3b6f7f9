import type { Case } from '../judgement.ts';
import { NO_CAMPAIGN } from '../settings/campaign.ts';
import { settingsOf } from '../settings/effective.ts';
import type { StoredMigration } from '../store/stored-migrations.ts';

/** A migration whose lines are gone, as one that shows nothing; its settings and verdicts are those that are stored. */
export function archivedCase({ migration, profile }: StoredMigration): Case {
  const nothing = { campaign: NO_CAMPAIGN, set: {}, profile, dialectAround: null, options: [] };
  return {
    migration,
    settings: { ...settingsOf(migration, nothing), profileDeclared: false },
    coverage: { complete: false, logStart: null, logEnd: null, info: false, missingFiles: [] },
    destination: null,
    attempts: [migration],
    samples: [],
    clockOffset: null,
    clockError_ms: 0,
    shown: null,
    incidents: [],
    notices: [],
    restart: null,
    guest: null,
    tests: [],
    network: null,
  };
}
