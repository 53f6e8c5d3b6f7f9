/** What a first call without words is answered with: the commands in the order in which one needs them. */
export const WELCOME = `novatrail reads nova-compute logs, puts every live migration together and judges
it, with the lines that prove the verdict.

Begin with logs:
  novatrail audit /var/log/nova             what went wrong, and the proof
  novatrail audit logs/ --html report.html  the same as a page
  novatrail explain 05c193c9 logs/          one migration: what, why, what if

Say what should have been, and more can be judged:
  novatrail init logs/                      draft logs/campaign.yaml
  novatrail lint logs/campaign.yaml         look at the settings before a run
  novatrail rules timeout-missed            what a rule checks, and needs

Keep what was read, and ask it:
  novatrail ingest logs/ --db run.db        once or again: nothing counts twice
  novatrail compare tunnel --db run.db      tunnelled against direct migrations
  novatrail query rule_summary --db run.db  a view, or SQL of your own
  novatrail serve --db run.db               the same in the browser

On a compute node, for ever:
  novatrail tail /var/log/nova              judges migrations as they go on

Every command: novatrail --help. One of them: novatrail audit --help.
`;
