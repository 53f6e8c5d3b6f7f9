-- The store's schema in numbered steps. Each step runs in one transaction and sets PRAGMA user_version to its number.
-- Times are INTEGER milliseconds since the epoch, UTC; the views give them a text twin. Bytes are bytes.

-- 1: facts

-- A log that was read. It is known by the hash of its first head_length uncompressed bytes, whatever it is called.
-- checkpoint is the offset after the last closed record (checkpoint_line its line number), written with what was read.
CREATE TABLE sources (
  id              INTEGER PRIMARY KEY,
  path            TEXT NOT NULL,
  host            TEXT,
  head_length     INTEGER NOT NULL,
  head_sha256     TEXT NOT NULL,
  checkpoint      INTEGER NOT NULL,
  checkpoint_line INTEGER NOT NULL,
  bytes           INTEGER NOT NULL,
  lines           INTEGER NOT NULL,
  first_at_ms     INTEGER,
  last_at_ms      INTEGER,
  overlong        INTEGER NOT NULL DEFAULT 0
) STRICT;

-- One recognised message. The identity (source, offset) makes reading twice change nothing.
CREATE TABLE events (
  source     INTEGER NOT NULL REFERENCES sources (id),
  offset     INTEGER NOT NULL,
  line       INTEGER NOT NULL,
  at_ms      INTEGER,
  host       TEXT,
  level      TEXT,
  logger     TEXT,
  pid        INTEGER,
  request_id TEXT,
  instance   TEXT,
  type       TEXT NOT NULL,
  fields     TEXT NOT NULL,
  text       TEXT NOT NULL,
  PRIMARY KEY (source, offset)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_of_instance ON events (instance) WHERE instance IS NOT NULL;
CREATE INDEX events_of_request ON events (request_id) WHERE instance IS NULL;

-- A record about migrations that no grammar took.
CREATE TABLE unmatched (
  source   INTEGER NOT NULL REFERENCES sources (id),
  offset   INTEGER NOT NULL,
  line     INTEGER NOT NULL,
  at_ms    INTEGER,
  host     TEXT,
  level    TEXT,
  logger   TEXT,
  instance TEXT,
  message  TEXT NOT NULL,
  text     TEXT NOT NULL,
  PRIMARY KEY (source, offset)
) STRICT, WITHOUT ROWID;

-- 2: derived rows

-- Checks name each value with OR: for IN, SQLite makes a table of the values at every insert, which takes longer than the insert.

-- One attempt to move one instance from one host to another.
CREATE TABLE migrations (
  id                 TEXT PRIMARY KEY,
  instance           TEXT NOT NULL,
  source_host        TEXT,
  destination_host   TEXT,
  request_id         TEXT,
  started_at_ms      INTEGER,
  ended_at_ms        INTEGER,
  duration_s         REAL,
  outcome            TEXT NOT NULL CHECK (outcome = 'completed' OR outcome = 'timed-out' OR outcome = 'cancelled' OR outcome = 'failed' OR outcome = 'running'),
  profile            TEXT NOT NULL,
  max_step_ms        INTEGER,
  last_step_s        INTEGER,
  throughput_bytes_s REAL,
  dirty_ratio        REAL,
  pause_ms           INTEGER,
  throttle_percent   INTEGER,
  -- 1 where the log shows a tunnel, 0 where it shows that there was none.
  tunnelled          INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX migrations_of_instance ON migrations (instance);

-- Which events a migration is put together from, in order.
CREATE TABLE migration_events (
  migration TEXT NOT NULL REFERENCES migrations (id),
  position  INTEGER NOT NULL,
  source    INTEGER NOT NULL,
  offset    INTEGER NOT NULL,
  PRIMARY KEY (migration, position)
) STRICT, WITHOUT ROWID;

-- What was in force, and where it came from. candidates is a JSON array of {origin, key, value, lost}.
CREATE TABLE settings (
  migration  TEXT NOT NULL REFERENCES migrations (id),
  name       TEXT NOT NULL,
  value      TEXT,
  origin     TEXT,
  declared   INTEGER NOT NULL,
  why        TEXT NOT NULL,
  candidates TEXT NOT NULL,
  PRIMARY KEY (migration, name)
) STRICT, WITHOUT ROWID;

-- evidence is a JSON array of {path, line, offset, text}.
CREATE TABLE verdicts (
  migration TEXT NOT NULL REFERENCES migrations (id),
  rule      TEXT NOT NULL,
  status    TEXT NOT NULL CHECK (status = 'pass' OR status = 'fail' OR status = 'inconclusive' OR status = 'not-applicable'),
  severity  TEXT NOT NULL CHECK (severity = 'error' OR severity = 'warning' OR severity = 'note'),
  message   TEXT NOT NULL,
  evidence  TEXT NOT NULL,
  PRIMARY KEY (migration, rule)
) STRICT, WITHOUT ROWID;

-- 3: views

-- One row a migration, for people: times as text, what failed in words.
CREATE VIEW migration_overview AS
SELECT m.id, m.instance, m.source_host, m.destination_host, m.outcome,
       strftime('%Y-%m-%dT%H:%M:%fZ', m.started_at_ms / 1000.0, 'unixepoch') AS started_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', m.ended_at_ms / 1000.0, 'unixepoch') AS ended_at,
       m.duration_s, m.max_step_ms, m.pause_ms,
       round(m.throughput_bytes_s / 1048576.0, 1) AS throughput_mib_s,
       (SELECT group_concat(rule, ', ') FROM (
          SELECT rule FROM verdicts v WHERE v.migration = m.id AND v.status = 'fail' ORDER BY rule)) AS failed,
       m.started_at_ms, m.ended_at_ms
FROM migrations m
ORDER BY m.started_at_ms, m.instance;

-- Between two neighbouring progress lines: bytes on the wire a second, and bytes dirtied a second.
CREATE VIEW migration_intervals AS
WITH samples AS (
  SELECT me.migration, e.at_ms, e.fields ->> 'memory_processed' AS processed, e.fields ->> 'memory_remaining' AS remaining,
         lag(e.at_ms) OVER w AS at_before, lag(e.fields ->> 'memory_processed') OVER w AS processed_before,
         lag(e.fields ->> 'memory_remaining') OVER w AS remaining_before
  FROM migration_events me JOIN events e ON e.source = me.source AND e.offset = me.offset
  WHERE e.type = 'progress' AND e.at_ms IS NOT NULL AND e.fields ->> 'memory_total' > 0
  WINDOW w AS (PARTITION BY me.migration ORDER BY me.position)
)
SELECT migration, at_before AS from_ms, at_ms AS to_ms,
       strftime('%Y-%m-%dT%H:%M:%fZ', at_before / 1000.0, 'unixepoch') AS from_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS to_at,
       (processed - processed_before) * 1000.0 / (at_ms - at_before) AS wire_bytes_s,
       (processed - processed_before + remaining - remaining_before) * 1000.0 / (at_ms - at_before) AS dirty_bytes_s,
       remaining - remaining_before AS remaining_growth_bytes
FROM samples
WHERE at_ms > at_before AND processed >= processed_before;

-- One figure a migration, the unit of analysis: the median of its intervals. Tunnelled or not as the log shows, else as
-- declared; what nobody says is NULL.
CREATE VIEW migration_throughput AS
SELECT m.id AS migration, m.instance, m.source_host, m.destination_host, m.outcome, m.started_at_ms,
       strftime('%Y-%m-%dT%H:%M:%fZ', m.started_at_ms / 1000.0, 'unixepoch') AS started_at,
       coalesce(m.tunnelled, CASE s.value WHEN 'true' THEN 1 WHEN 'false' THEN 0 END) AS tunnelled,
       (SELECT count(*) FROM migration_intervals i WHERE i.migration = m.id) AS intervals,
       m.throughput_bytes_s, m.throughput_bytes_s / 1048576.0 AS throughput_mib_s
FROM migrations m LEFT JOIN settings s ON s.migration = m.id AND s.name = 'tunnel' AND s.declared
WHERE m.throughput_bytes_s IS NOT NULL;

CREATE VIEW downtime_steps AS
SELECT me.migration, e.instance, e.at_ms, strftime('%Y-%m-%dT%H:%M:%fZ', e.at_ms / 1000.0, 'unixepoch') AS at,
       e.fields ->> 'elapsed_s' AS elapsed_s, e.fields ->> 'downtime_ms' AS downtime_ms, src.path, e.line
FROM migration_events me
JOIN events e ON e.source = me.source AND e.offset = me.offset
JOIN sources src ON src.id = e.source
WHERE e.type = 'downtime-step'
ORDER BY me.migration, me.position;

-- One row a migration that ran into its timeout, however often nova repeated the line.
CREATE VIEW timeouts AS
SELECT me.migration, e.instance, e.fields ->> 'timeout_s' AS timeout_s, count(*) AS lines, min(e.at_ms) AS first_at_ms,
       strftime('%Y-%m-%dT%H:%M:%fZ', min(e.at_ms) / 1000.0, 'unixepoch') AS first_at, m.outcome
FROM migration_events me
JOIN events e ON e.source = me.source AND e.offset = me.offset
JOIN migrations m ON m.id = me.migration
WHERE e.type = 'timeout'
GROUP BY me.migration, timeout_s;

-- Throughput by tunnel: counts, median and spread over migrations (not over samples).
CREATE VIEW tunnel_stats AS
WITH ranked AS (
  SELECT tunnelled, throughput_bytes_s AS x,
         row_number() OVER (PARTITION BY tunnelled ORDER BY throughput_bytes_s) - 1 AS place,
         count(*) OVER (PARTITION BY tunnelled) AS n
  FROM migration_throughput WHERE tunnelled IS NOT NULL AND intervals > 0
),
quantiles (name, q) AS (VALUES ('p10', 0.1), ('median', 0.5), ('p90', 0.9)),
-- Linear interpolation between the two nearest ranks, as numpy's and R's default (type 7).
found AS (
  SELECT r.tunnelled, k.name, r.n,
         sum(r.x * max(0.0, 1.0 - abs(r.place - k.q * (r.n - 1)))) AS value
  FROM ranked r CROSS JOIN quantiles k
  GROUP BY r.tunnelled, k.name
)
SELECT tunnelled, n AS migrations,
       max(value) FILTER (WHERE name = 'p10') AS p10_bytes_s,
       max(value) FILTER (WHERE name = 'median') AS median_bytes_s,
       max(value) FILTER (WHERE name = 'p90') AS p90_bytes_s
FROM found GROUP BY tunnelled, n;

-- Tunnel against no tunnel in one line.
CREATE VIEW tunnel_comparison AS
SELECT coalesce(t.migrations, 0) AS tunnelled_migrations, coalesce(d.migrations, 0) AS direct_migrations,
       round(t.median_bytes_s / 1048576.0, 1) AS tunnelled_median_mib_s,
       round(d.median_bytes_s / 1048576.0, 1) AS direct_median_mib_s,
       round(t.median_bytes_s / d.median_bytes_s, 3) AS ratio
FROM (SELECT 1) LEFT JOIN tunnel_stats t ON t.tunnelled = 1 LEFT JOIN tunnel_stats d ON d.tunnelled = 0;

CREATE VIEW rule_summary AS
SELECT rule, CASE max(CASE severity WHEN 'error' THEN 3 WHEN 'warning' THEN 2 ELSE 1 END)
         WHEN 3 THEN 'error' WHEN 2 THEN 'warning' ELSE 'note' END AS severity,
       count(*) FILTER (WHERE status = 'pass') AS pass,
       count(*) FILTER (WHERE status = 'fail') AS fail,
       count(*) FILTER (WHERE status = 'inconclusive') AS inconclusive,
       count(*) FILTER (WHERE status = 'not-applicable') AS not_applicable
FROM verdicts GROUP BY rule ORDER BY fail DESC, rule;

CREATE VIEW effective_settings AS
SELECT m.id AS migration, m.instance, s.name, s.value, s.origin, s.declared, s.why
FROM settings s JOIN migrations m ON m.id = s.migration
ORDER BY m.started_at_ms, m.instance, s.name;

-- 4: samples and findings

-- What other tools showed of guests and hosts (virsh domjobinfo, query-migrate, top, schedstat, ss). fields is JSON.
CREATE TABLE samples (
  source   INTEGER NOT NULL REFERENCES sources (id),
  offset   INTEGER NOT NULL,
  line     INTEGER NOT NULL,
  at_ms    INTEGER NOT NULL,
  host     TEXT,
  domain   TEXT,
  instance TEXT,
  kind     TEXT NOT NULL CHECK (kind = 'job' OR kind = 'vcpu' OR kind = 'schedstat' OR kind = 'flow' OR kind = 'libvirtd'),
  fields   TEXT NOT NULL,
  text     TEXT NOT NULL,
  PRIMARY KEY (source, offset)
) STRICT, WITHOUT ROWID;

-- By whom a sample is of: its instance, else its domain, else its host.
CREATE INDEX samples_by_owner ON samples (coalesce(instance, domain, host), at_ms);

-- What files of samples say of libvirt's names for instances; nova's own lines say it in events.
CREATE TABLE domains (
  source   INTEGER NOT NULL REFERENCES sources (id),
  domain   TEXT NOT NULL,
  instance TEXT NOT NULL,
  PRIMARY KEY (source, domain, instance)
) STRICT, WITHOUT ROWID;

-- A file of samples is a source too, but no log: its extent says nothing of what nova logged.
ALTER TABLE sources ADD COLUMN kind TEXT NOT NULL DEFAULT 'log' CHECK (kind = 'log' OR kind = 'samples');

-- Messages that no migration may run into, by the host's log (its host, or the file where none is known) and time.
CREATE INDEX forbidden_messages ON events (coalesce(host, '#' || source), at_ms) WHERE type = 'forbidden-message';

-- Verdicts on files, hosts and declared settings, in the order of reports.
CREATE TABLE findings (
  position INTEGER PRIMARY KEY,
  rule     TEXT NOT NULL,
  status   TEXT NOT NULL CHECK (status = 'pass' OR status = 'fail' OR status = 'inconclusive' OR status = 'not-applicable'),
  severity TEXT NOT NULL CHECK (severity = 'error' OR severity = 'warning' OR severity = 'note'),
  message  TEXT NOT NULL,
  evidence TEXT NOT NULL
) STRICT;

DROP VIEW rule_summary;
CREATE VIEW rule_summary AS
SELECT rule, CASE max(CASE severity WHEN 'error' THEN 3 WHEN 'warning' THEN 2 ELSE 1 END)
         WHEN 3 THEN 'error' WHEN 2 THEN 'warning' ELSE 'note' END AS severity,
       count(*) FILTER (WHERE status = 'pass') AS pass,
       count(*) FILTER (WHERE status = 'fail') AS fail,
       count(*) FILTER (WHERE status = 'inconclusive') AS inconclusive,
       count(*) FILTER (WHERE status = 'not-applicable') AS not_applicable
FROM (SELECT rule, severity, status FROM verdicts UNION ALL SELECT rule, severity, status FROM findings)
GROUP BY rule ORDER BY fail DESC, rule;

-- 5: what migrations reveal of the settings behind them

-- What the lines of a migration show of limit, steps, delay, timeout and arithmetic; under the name of an option of nova.conf
-- where the value is nova.conf's and not a flavor's, an instance's or an image's. possible is a JSON array: numbers as
-- [least, most], words as they are. least and most are the ends of it.
CREATE TABLE revealed (
  migration TEXT NOT NULL REFERENCES migrations (id),
  name      TEXT NOT NULL,
  least     INTEGER,
  most      INTEGER,
  possible  TEXT NOT NULL,
  PRIMARY KEY (migration, name)
) STRICT, WITHOUT ROWID;

-- Hosts whose nova.conf is not that of most hosts. What a host says of an option is its newest option dump; without one, what
-- most of its migrations reveal (migrations tells how many). A host stands here where it and more than half of the other hosts
-- can have no value in common; fleet is what most of those others say.
CREATE VIEW host_drift AS
WITH dumped AS (
  SELECT host, option,
         CASE WHEN value GLOB '*[^0-9]*' OR value = '' THEN json_array(value)
              ELSE json_array(json_array(CAST(value AS INTEGER), CAST(value AS INTEGER))) END AS possible
  FROM (
    SELECT host, replace(fields ->> 'name', 'libvirt.', '') AS option, fields ->> 'value' AS value,
           row_number() OVER (PARTITION BY host, fields ->> 'name' ORDER BY at_ms DESC, source DESC, offset DESC) AS age
    FROM events
    -- Each host has its own address.
    WHERE type = 'option' AND host IS NOT NULL AND fields ->> 'name' <> 'libvirt.live_migration_inbound_addr'
  )
  WHERE age = 1
),
shown AS (
  SELECT m.source_host AS host, r.name AS option, r.possible, count(*) AS migrations
  FROM revealed r JOIN migrations m ON m.id = r.migration
  WHERE r.name LIKE 'live_migration_%' AND m.source_host IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM dumped d WHERE d.host = m.source_host AND d.option = r.name)
  GROUP BY m.source_host, r.name, r.possible
),
alike (possible, other) AS (
  SELECT a.possible, b.possible
  FROM (SELECT DISTINCT possible FROM shown UNION SELECT possible FROM dumped) a,
       (SELECT DISTINCT possible FROM shown UNION SELECT possible FROM dumped) b
  WHERE EXISTS (
    SELECT 1 FROM json_each(a.possible) x, json_each(b.possible) y
    WHERE CASE WHEN x.type = 'array' AND y.type = 'array'
          THEN x.value ->> 0 <= y.value ->> 1 AND y.value ->> 0 <= x.value ->> 1
          ELSE x.type = y.type AND x.value = y.value END)
),
supported AS (
  SELECT a.host, a.option, a.possible, sum(b.migrations) AS migrations
  FROM shown a JOIN shown b ON b.host = a.host AND b.option = a.option
  JOIN alike l ON l.possible = a.possible AND l.other = b.possible
  GROUP BY a.host, a.option, a.possible
),
said AS (
  SELECT host, option, possible, 0 AS migrations FROM dumped
  UNION ALL
  SELECT host, option, possible, migrations FROM (
    SELECT *, row_number() OVER (PARTITION BY host, option ORDER BY migrations DESC, length(possible), possible) AS place
    FROM supported
  ) WHERE place = 1
),
pairs AS (
  SELECT a.host, a.option, a.possible, a.migrations, b.possible AS other, l.other IS NULL AS differs
  FROM said a JOIN said b ON b.option = a.option AND b.host <> a.host
  LEFT JOIN alike l ON l.possible = a.possible AND l.other = b.possible
),
others AS (
  SELECT host, option, other, row_number() OVER (PARTITION BY host, option ORDER BY sum(differs) DESC, other) AS place
  FROM pairs GROUP BY host, option, other
),
words (possible, text) AS (
  SELECT s.possible, (
    SELECT group_concat(CASE WHEN type <> 'array' THEN value
                             WHEN value ->> 0 = value ->> 1 THEN value ->> 0
                             ELSE (value ->> 0) || ' to ' || (value ->> 1) END, ', ')
    FROM (SELECT type, value FROM json_each(s.possible) ORDER BY key))
  FROM (SELECT DISTINCT possible FROM said) s
)
SELECT p.host, p.option, w.text AS value, f.text AS fleet, p.migrations, count(*) AS other_hosts, sum(p.differs) AS different_hosts
FROM pairs p
JOIN others o ON o.host = p.host AND o.option = p.option AND o.place = 1
JOIN words w ON w.possible = p.possible
JOIN words f ON f.possible = o.other
GROUP BY p.host, p.option
HAVING sum(p.differs) * 2 > count(*)
ORDER BY p.option, p.host;

-- 6: following

-- The file on disk that holds a log which is followed; inode numbers have 64 bits, and are text so that none is rounded.
-- quiet_until_ms: up to this time of the log's own clock it was seen to say no more.
CREATE TABLE generations (
  source         INTEGER PRIMARY KEY REFERENCES sources (id),
  device         TEXT NOT NULL,
  inode          TEXT NOT NULL,
  begun_at_ms    INTEGER NOT NULL,
  ended_at_ms    INTEGER,
  ended_by       TEXT CHECK (ended_by IN ('rename', 'truncate', 'delete', 'replace')),
  quiet_until_ms INTEGER
) STRICT;

-- Bytes of a log that may have been written and were gone before they could be read. to_offset is NULL where nobody knows
-- how far it reached; the lines were written between after_ms and before_ms (times of the log), as far as known.
CREATE TABLE lost_ranges (
  source        INTEGER NOT NULL REFERENCES sources (id),
  from_offset   INTEGER NOT NULL,
  to_offset     INTEGER,
  reason        TEXT NOT NULL CHECK (reason IN ('truncate', 'replace', 'delete')),
  noticed_at_ms INTEGER NOT NULL,
  after_ms      INTEGER,
  before_ms     INTEGER,
  PRIMARY KEY (source, from_offset)
) STRICT, WITHOUT ROWID;

-- Failing verdicts that were announced. stands is 0 where later lines took it back; told is 0 until the line is out.
CREATE TABLE announced (
  migration TEXT NOT NULL,
  rule      TEXT NOT NULL,
  stands    INTEGER NOT NULL CHECK (stands IN (0, 1)),
  told      INTEGER NOT NULL CHECK (told IN (0, 1)),
  PRIMARY KEY (migration, rule)
) STRICT, WITHOUT ROWID;

-- How far a stream that keeps its own place (the journal) was stored.
CREATE TABLE cursors (
  source INTEGER PRIMARY KEY REFERENCES sources (id),
  cursor TEXT NOT NULL
) STRICT;

-- Migrations of which only the result is kept: their events are gone, so they are not derived again.
CREATE TABLE archived (
  migration TEXT PRIMARY KEY,
  -- How many events it was put together from.
  events    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- 7: campaigns

-- The test that a migration proves, the network that it went over (its configuration and the speed of one link) and the
-- guest's memory, as a campaign declares them; the memory else as the log's counters show it.
ALTER TABLE migrations ADD COLUMN test TEXT;
ALTER TABLE migrations ADD COLUMN network TEXT;
ALTER TABLE migrations ADD COLUMN link_mbps REAL;
ALTER TABLE migrations ADD COLUMN memory_mib REAL;

CREATE INDEX migrations_by_host ON migrations (source_host, started_at_ms);

DROP VIEW tunnel_comparison;
DROP VIEW tunnel_stats;
DROP VIEW migration_throughput;

-- One row a migration, the unit of analysis. Its rate is the median of its intervals. Tunnelled, and with auto-converge, as the
-- log shows, else as declared; what nobody says is NULL. Only what has no reason in excluded is compared: the rate of a guest
-- whose memory is mostly zero pages says nothing, and migrations at the same time share link and processor.
CREATE VIEW migration_figures AS
WITH spans AS (
  SELECT id, started_at_ms, ended_at_ms,
         max(ended_at_ms) OVER (PARTITION BY source_host ORDER BY started_at_ms, id
                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended_before,
         lead(started_at_ms) OVER (PARTITION BY source_host ORDER BY started_at_ms, id) AS started_after
  FROM migrations WHERE source_host IS NOT NULL AND started_at_ms IS NOT NULL AND ended_at_ms IS NOT NULL
)
SELECT m.id AS migration, m.instance, m.source_host, m.destination_host, m.outcome, m.started_at_ms, m.duration_s,
       coalesce(m.tunnelled, CASE t.value WHEN 'true' THEN 1 WHEN 'false' THEN 0 END) AS tunnelled,
       CASE WHEN EXISTS (SELECT 1 FROM migration_events me JOIN events e ON e.source = me.source AND e.offset = me.offset
                         WHERE me.migration = m.id AND e.type = 'auto-converge-disabled') THEN 0
            ELSE CASE c.value WHEN 'true' THEN 1 WHEN 'false' THEN 0 END END AS auto_converge,
       (SELECT count(*) FROM migration_intervals i WHERE i.migration = m.id) AS intervals,
       m.throughput_bytes_s, coalesce(m.network, 'network not declared') AS network, m.link_mbps,
       CASE WHEN m.memory_mib IS NULL THEN 'memory unknown' WHEN m.memory_mib < 4096 THEN 'under 4 GiB'
            WHEN m.memory_mib < 16384 THEN '4 to 16 GiB' ELSE '16 GiB and more' END AS memory_band,
       CASE WHEN (SELECT e.fields ->> 'memory_processed' < 0.5 * (e.fields ->> 'memory_total' - e.fields ->> 'memory_remaining')
                  FROM migration_events me JOIN events e ON e.source = me.source AND e.offset = me.offset
                  WHERE me.migration = m.id AND e.type = 'progress' AND e.at_ms IS NOT NULL AND e.fields ->> 'memory_total' > 0
                  ORDER BY me.position DESC LIMIT 1) THEN 'idle'
            WHEN m.id IN (SELECT id FROM spans WHERE ended_before > started_at_ms OR started_after < ended_at_ms) THEN 'concurrent'
       END AS excluded
FROM migrations m
LEFT JOIN settings t ON t.migration = m.id AND t.name = 'tunnel' AND t.declared
LEFT JOIN settings c ON c.migration = m.id AND c.name = 'auto_converge' AND c.declared;

-- Those with a rate.
CREATE VIEW migration_throughput AS
SELECT migration, instance, source_host, destination_host, outcome, started_at_ms,
       strftime('%Y-%m-%dT%H:%M:%fZ', started_at_ms / 1000.0, 'unixepoch') AS started_at,
       tunnelled, intervals, throughput_bytes_s, throughput_bytes_s / 1048576.0 AS throughput_mib_s,
       network, link_mbps, memory_band, excluded
FROM migration_figures WHERE throughput_bytes_s IS NOT NULL;

-- Throughput by tunnel, network and memory: counts, median and spread over migrations (not over samples).
CREATE VIEW tunnel_strata AS
WITH ranked AS (
  SELECT network, link_mbps, memory_band, tunnelled, throughput_bytes_s AS x,
         row_number() OVER (PARTITION BY network, link_mbps, memory_band, tunnelled ORDER BY throughput_bytes_s) - 1 AS place,
         count(*) OVER (PARTITION BY network, link_mbps, memory_band, tunnelled) AS n
  FROM migration_throughput WHERE tunnelled IS NOT NULL AND intervals > 0 AND excluded IS NULL
),
quantiles (name, q) AS (VALUES ('p10', 0.1), ('median', 0.5), ('p90', 0.9)),
-- Linear interpolation between the two nearest ranks, as numpy's and R's default (type 7).
found AS (
  SELECT r.network, r.link_mbps, r.memory_band, r.tunnelled, k.name, r.n,
         sum(r.x * max(0.0, 1.0 - abs(r.place - k.q * (r.n - 1)))) AS value
  FROM ranked r CROSS JOIN quantiles k
  GROUP BY r.network, r.link_mbps, r.memory_band, r.tunnelled, k.name
)
SELECT network, link_mbps, memory_band, tunnelled, n AS migrations,
       max(value) FILTER (WHERE name = 'p10') AS p10_bytes_s,
       max(value) FILTER (WHERE name = 'median') AS median_bytes_s,
       max(value) FILTER (WHERE name = 'p90') AS p90_bytes_s
FROM found GROUP BY network, link_mbps, memory_band, tunnelled, n;

-- The same over all networks and sizes.
CREATE VIEW tunnel_stats AS
WITH ranked AS (
  SELECT tunnelled, throughput_bytes_s AS x,
         row_number() OVER (PARTITION BY tunnelled ORDER BY throughput_bytes_s) - 1 AS place,
         count(*) OVER (PARTITION BY tunnelled) AS n
  FROM migration_throughput WHERE tunnelled IS NOT NULL AND intervals > 0 AND excluded IS NULL
),
quantiles (name, q) AS (VALUES ('p10', 0.1), ('median', 0.5), ('p90', 0.9)),
found AS (
  SELECT r.tunnelled, k.name, r.n,
         sum(r.x * max(0.0, 1.0 - abs(r.place - k.q * (r.n - 1)))) AS value
  FROM ranked r CROSS JOIN quantiles k
  GROUP BY r.tunnelled, k.name
)
SELECT tunnelled, n AS migrations,
       max(value) FILTER (WHERE name = 'p10') AS p10_bytes_s,
       max(value) FILTER (WHERE name = 'median') AS median_bytes_s,
       max(value) FILTER (WHERE name = 'p90') AS p90_bytes_s
FROM found GROUP BY tunnelled, n;

-- Tunnel against no tunnel in one line.
CREATE VIEW tunnel_comparison AS
SELECT coalesce(t.migrations, 0) AS tunnelled_migrations, coalesce(d.migrations, 0) AS direct_migrations,
       round(t.median_bytes_s / 1048576.0, 1) AS tunnelled_median_mib_s,
       round(d.median_bytes_s / 1048576.0, 1) AS direct_median_mib_s,
       round(t.median_bytes_s / d.median_bytes_s, 3) AS ratio
FROM (SELECT 1) LEFT JOIN tunnel_stats t ON t.tunnelled = 1 LEFT JOIN tunnel_stats d ON d.tunnelled = 0;

-- 8: a fleet

-- Hash of a log's beginning up to the end of its first dated line: what the log is, however long it was when it was seen first.
-- A log of which only a later part is wanted has the offset behind it, as hash+offset.
ALTER TABLE sources ADD COLUMN origin TEXT;

-- On a node: how far a source was published. The facts themselves are what waits.
CREATE TABLE outbox (
  source       INTEGER PRIMARY KEY REFERENCES sources (id),
  -- The source's name in the fleet, with the node's.
  log          TEXT NOT NULL UNIQUE,
  -- When this reading of it began (ms): a log that was misread is read again, and the newest reading counts.
  reading      INTEGER NOT NULL,
  -- Closed records before this offset were published and acknowledged.
  published_to INTEGER NOT NULL,
  -- Number of the newest statement about the source itself, and the hash of what was acknowledged last.
  revision     INTEGER NOT NULL,
  told         TEXT,
  -- What was removed before it could be published, from the first to the last record; their times.
  dropped      INTEGER NOT NULL DEFAULT 0,
  dropped_from INTEGER,
  dropped_to   INTEGER,
  after_ms     INTEGER,
  before_ms    INTEGER
) STRICT;

-- At a collector: who published a source, which reading of it, and the newest statement about it.
CREATE TABLE collected (
  source   INTEGER PRIMARY KEY REFERENCES sources (id),
  node     TEXT NOT NULL,
  log      TEXT NOT NULL,
  reading  INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  UNIQUE (node, log)
) STRICT;

-- At a collector: records at the end of a log that were still open when they were published, and are replaced.
CREATE TABLE open_records (
  source INTEGER NOT NULL REFERENCES sources (id),
  offset INTEGER NOT NULL,
  PRIMARY KEY (source, offset)
) STRICT, WITHOUT ROWID;

-- At a collector: the consumers that this store has in a stream, and up to where (stream sequence) all they gave is stored.
CREATE TABLE consumers (
  name   TEXT PRIMARY KEY,
  stored INTEGER NOT NULL
) STRICT;

-- 9: figures of lines

-- What a migration's lines say that decides whether, and with which others, its rate is compared: intervals between progress
-- lines, whether most of its memory were zero pages, whether nova said that it will not throttle the guest. To tell it from the
-- events takes seconds for thousands of migrations, and cannot be done when the events are gone.
ALTER TABLE migrations ADD COLUMN intervals INTEGER NOT NULL DEFAULT 0;
ALTER TABLE migrations ADD COLUMN idle INTEGER NOT NULL DEFAULT 0;
ALTER TABLE migrations ADD COLUMN auto_converge_disabled INTEGER NOT NULL DEFAULT 0;

UPDATE migrations AS m SET
  intervals = (SELECT count(*) FROM migration_intervals i WHERE i.migration = m.id),
  idle = coalesce((SELECT e.fields ->> 'memory_processed' < 0.5 * (e.fields ->> 'memory_total' - e.fields ->> 'memory_remaining')
                   FROM migration_events me JOIN events e ON e.source = me.source AND e.offset = me.offset
                   WHERE me.migration = m.id AND e.type = 'progress' AND e.fields ->> 'memory_total' > 0
                   ORDER BY me.position DESC LIMIT 1), 0),
  auto_converge_disabled = EXISTS (SELECT 1 FROM migration_events me JOIN events e ON e.source = me.source AND e.offset = me.offset
                                   WHERE me.migration = m.id AND e.type = 'auto-converge-disabled');

DROP VIEW migration_figures;

-- One row a migration, the unit of analysis. Its rate is the median of its intervals. Tunnelled, and with auto-converge, as the
-- log shows, else as declared; what nobody says is NULL. Only what has no reason in excluded is compared: the rate of a guest
-- whose memory is mostly zero pages says nothing, and migrations at the same time share link and processor.
CREATE VIEW migration_figures AS
WITH spans AS (
  SELECT id, started_at_ms, ended_at_ms,
         max(ended_at_ms) OVER (PARTITION BY source_host ORDER BY started_at_ms, id
                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended_before,
         lead(started_at_ms) OVER (PARTITION BY source_host ORDER BY started_at_ms, id) AS started_after
  FROM migrations WHERE source_host IS NOT NULL AND started_at_ms IS NOT NULL AND ended_at_ms IS NOT NULL
)
SELECT m.id AS migration, m.instance, m.source_host, m.destination_host, m.outcome, m.started_at_ms, m.duration_s,
       coalesce(m.tunnelled, CASE t.value WHEN 'true' THEN 1 WHEN 'false' THEN 0 END) AS tunnelled,
       CASE WHEN m.auto_converge_disabled THEN 0 ELSE CASE c.value WHEN 'true' THEN 1 WHEN 'false' THEN 0 END END AS auto_converge,
       m.intervals, m.throughput_bytes_s, coalesce(m.network, 'network not declared') AS network, m.link_mbps,
       CASE WHEN m.memory_mib IS NULL THEN 'memory unknown' WHEN m.memory_mib < 4096 THEN 'under 4 GiB'
            WHEN m.memory_mib < 16384 THEN '4 to 16 GiB' ELSE '16 GiB and more' END AS memory_band,
       CASE WHEN m.idle THEN 'idle'
            WHEN m.id IN (SELECT id FROM spans WHERE ended_before > started_at_ms OR started_after < ended_at_ms) THEN 'concurrent'
       END AS excluded
FROM migrations m
LEFT JOIN settings t ON t.migration = m.id AND t.name = 'tunnel' AND t.declared
LEFT JOIN settings c ON c.migration = m.id AND c.name = 'auto_converge' AND c.declared;

-- 10: what was judged

ALTER TABLE migrations ADD COLUMN dialect TEXT;
ALTER TABLE migrations ADD COLUMN clock_step INTEGER NOT NULL DEFAULT 0;

-- Of what the derived rows are the judgement: a hash of the facts, of what was declared, of the program. None where they were
-- written, or what they depend on, since all of them were derived together.
CREATE TABLE judged (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  mark TEXT NOT NULL
) STRICT;
