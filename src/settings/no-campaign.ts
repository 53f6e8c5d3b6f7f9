import type { Campaign } from './campaign.ts';

/** What is declared where there is no campaign file: nothing. Apart from campaign.ts, which takes long to load. */
export const NO_CAMPAIGN: Campaign = {
  name: null,
  profile: null,
  logs: [],
  hosts: {},
  conf: {},
  instances: new Map(),
  samples: [],
};
