// The last words of `npm start`.
process.stdout.write(`
The same as a page: novatrail-report.html. What to try next:

  npx novatrail audit PATH...                      your own logs or folders
  npx novatrail explain 8d83e0f0 sample-logs/stx-timeout-not-as-declared
                                                   what happened to one of them, and why
  npx novatrail parse LOG                          every event, one JSON object a line
  npx novatrail ingest PATH... --db run.db         keep them in SQLite, and then
  npx novatrail query migration_overview --db run.db
  npx novatrail --help
`);
