import { expect, test } from 'vitest';
import { parseCampaign } from '../../../src/settings/campaign.ts';
import { mergeImports } from '../../../src/settings/import/merge.ts';
import type { Imported } from '../../../src/settings/import/openstack.ts';
import { readImport } from '../../../src/settings/import/read.ts';

const ID = '07b5842b-6324-4de0-973e-6d0ff18ef574';
const TIMEOUT = 'hw:wrs:live_migration_timeout';
const NONE = parseCampaign('novatrail: 1', 'campaign.yaml');

function read(...things: readonly (object | string)[]): Imported {
  const files = things.map((thing, index) => {
    const text = typeof thing === 'string' ? thing : JSON.stringify(thing, null, 2);
    return readImport(text, `${index}.json`).imported;
  });
  const all = <Key extends keyof Imported>(key: Key) =>
    files.flatMap((file) => file[key] as unknown[]) as Imported[Key];
  return {
    ...{ servers: all('servers'), flavors: all('flavors'), images: all('images'), volumes: all('volumes') },
    ...{ migrations: all('migrations'), actions: all('actions') },
  };
}

/** What a campaign knows of the instance once these are imported: [place, key, value]. */
function keysOf(imported: Imported, campaign = NONE) {
  const instance = mergeImports(campaign, imported).campaign.instances.get(ID);
  if (instance === undefined) return null;
  const { flavor, image, metadata } = instance;
  return Object.entries({ flavor, image, metadata }).flatMap(([place, keys]) =>
    Object.entries(keys).map(([key, [first]]) => [place, key, first?.value]),
  );
}

const server = (more: object) => ({
  id: ID,
  name: 'vm',
  status: 'ACTIVE',
  'OS-EXT-SRV-ATTR:instance_name': 'instance-0000002a',
  ...more,
});
const flavor = (properties: unknown) => ({ id: '42', name: 'small', ram: 4096, vcpus: 4, disk: 20, properties });
const image = (properties: object | string) => ({
  id: 'i-1',
  name: 'centos',
  disk_format: 'qcow2',
  container_format: 'bare',
  properties,
});
const WANTED = [
  ['flavor', TIMEOUT, '150'],
  ['image', 'hw_wrs_live_migration_max_downtime', '100'],
  ['metadata', 'hw:wrs:live_migration_tunnel', 'True'],
];
const IMAGE = { hw_wrs_live_migration_max_downtime: '100' };
const METADATA = { 'hw:wrs:live_migration_tunnel': 'True' };

test.each<[string, (object | string)[]]>([
  [
    'old clients: texts of key=value, flavor and image by name and id',
    [
      server({
        flavor: 'small (42)',
        image: 'centos (i-1)',
        properties: "hw:wrs:live_migration_tunnel='True'",
        volumes_attached: '',
      }),
      flavor(`${TIMEOUT}='150'`),
      image("hw_wrs_live_migration_max_downtime='100'"),
    ],
  ],
  [
    'new clients: dictionaries, the flavor inside the server',
    [
      server({
        flavor: { original_name: 'small', ram: 4096, vcpus: 4, extra_specs: { [TIMEOUT]: '150' } },
        image: { id: 'i-1' },
        properties: METADATA,
      }),
      image(IMAGE),
    ],
  ],
  [
    'the flavor inside as text with dots',
    [
      server({
        flavor: `original_name='small', ram='4096', vcpus='4', extra_specs.${TIMEOUT}='150'`,
        image: 'centos (i-1)',
        properties: METADATA,
      }),
      image(IMAGE),
    ],
  ],
  [
    'booted from a volume, which keeps the properties of its image',
    [
      server({
        flavor: 'small (42)',
        image: 'N/A (booted from volume)',
        properties: METADATA,
        volumes_attached: [{ id: '9a3bd7d5-07d1-4c8c-8b6c-0c8f3c8b6a7e' }],
      }),
      flavor({ [TIMEOUT]: '150' }),
      {
        id: '9a3bd7d5-07d1-4c8c-8b6c-0c8f3c8b6a7e',
        name: 'v',
        volume_type: 'ceph',
        attachments: [],
        volume_image_metadata: IMAGE,
      },
    ],
  ],
  [
    'nova show, glance and cinder tables; a long value over two rows, and Python’s way to print a dictionary',
    [
      [
        '+------+-------+',
        '| Property | Value |',
        '+------+-------+',
        `| flavor:extra_specs | {"${TIMEOUT}": "150"} |`,
        '| flavor:original_name | small |',
        '| flavor:ram | 4096 |',
        `| id | ${ID} |`,
        '| image | Attempt to boot from volume - no image supplied |',
        '| metadata | {"hw:wrs:live_migration |',
        '|  | _tunnel": "True"} |',
        '| name | vm |',
        '| os-extended-volumes:volumes_attached | [{"id": "9a3bd7d5-07d1-4c8c-8b6c-0c8f3c8b6a7e"}] |',
        '+------+-------+',
      ].join('\n'),
      [
        '| Property | Value |',
        '| id | 9a3bd7d5-07d1-4c8c-8b6c-0c8f3c8b6a7e |',
        '| attachments | [] |',
        "| volume_image_metadata | {u'hw_wrs_live_migration_max_downtime': u'100'} |",
      ].join('\n'),
    ],
  ],
])('%s', (_what, things) => {
  expect(keysOf(read(...things))).toEqual(WANTED);
});

test('a key keeps the line that says it, and what the campaign file says of it stands', () => {
  const imported = read(
    server({ flavor: 'small (42)', image: 'centos (i-1)', properties: METADATA }),
    flavor({ [TIMEOUT]: '150' }),
    image({}),
  );
  const declared = parseCampaign(
    `novatrail: 1\ninstances:\n  a: { id: ${ID}, flavor: { "${TIMEOUT}": 300 } }\n`,
    'c.yaml',
  );
  const instance = mergeImports(declared, imported).campaign.instances.get(ID);
  expect(instance).toMatchObject({ name: 'a', domain: 'instance-0000002a', memory_mib: 4096 });
  expect(instance?.flavor[TIMEOUT]?.[0]).toMatchObject({ value: '300', proof: { ref: { path: 'c.yaml', line: 3 } } });
  expect(instance?.metadata['hw:wrs:live_migration_tunnel']?.[0]?.proof).toMatchObject({
    ref: { path: '0.json', line: 9 },
    text: '"hw:wrs:live_migration_tunnel": "True"',
  });
});

test.each<[string, (object | string)[], RegExp]>([
  [
    'flavor',
    [server({ flavor: 'small (42)', image: 'centos (i-1)', properties: {} }), image({})],
    /its flavor 42 is not imported: add what openstack flavor show 42 -f json prints/,
  ],
  [
    'image',
    [server({ flavor: 'small (42)', image: 'centos (i-1)', properties: {} }), flavor({})],
    /its image i-1 is not imported/,
  ],
  [
    'volume',
    [
      server({
        flavor: 'small (42)',
        image: '',
        properties: {},
        volumes_attached: "id='9a3bd7d5-07d1-4c8c-8b6c-0c8f3c8b6a7e'",
      }),
      flavor({}),
    ],
    /openstack volume show 9a3bd7d5-\S+ -f json/,
  ],
])('a server whose %s is not imported is not taken for one without keys', (_what, things, said) => {
  const imported = read(...things);
  expect(keysOf(imported)).toBeNull();
  expect(mergeImports(NONE, imported).missing).toEqual([expect.stringMatching(said)]);
});

test('migration and event lists, with the names of old clients and of new ones', () => {
  const old = [
    { 'Source Compute': 'c0', Status: 'completed', 'Instance UUID': ID, 'Created At': '2019-05-20T13:00:10.000000' },
  ];
  const now = [
    { 'Source Compute': 'c0', Status: 'error', 'Server UUID': ID.toUpperCase(), 'Created At': '2019-05-20T14:00:10Z' },
  ];
  const asked = [
    { 'Request ID': 'req-1', 'Server ID': ID, Action: 'live-migration', 'Start Time': '2019-05-20T13:00:00.000000' },
    { 'Request ID': 'req-0', 'Server ID': ID, Action: 'create', 'Start Time': '2019-05-20T12:00:00.000000' },
  ];
  const { migrations, actions } = read(old, now, asked);
  expect(migrations).toMatchObject([
    { instance: ID, status: 'completed', startedAt: Date.UTC(2019, 4, 20, 13, 0, 10) },
    { instance: ID, status: 'error', startedAt: Date.UTC(2019, 4, 20, 14, 0, 10) },
  ]);
  expect(actions).toEqual([{ instance: ID, request: 'req-1', at: Date.UTC(2019, 4, 20, 13) }]);
});

test('JSON that breaks off is shown where', () => {
  expect(() => readImport('[{"id": 1,\n "name": }', 'x.json')).toThrow(
    /x\.json.*is no JSON \(.*\); print it again with -f json/,
  );
});

test("the VIM's events, as its list and as a log print them", () => {
  const text = [
    '2018-08-14T09:06:23.120Z log 700.151 Live-Migrate issued by the system against instance vm-1 owned by tenant2 from host compute-0, reason = host component failure',
    '| 2018-08-14T09:09:27.000 | log | 700.154 | Live-Migrate cancelled for instance vm-1 now on host compute-0, reason = Live migration timeout after 180 sec | x |',
    '2018-08-14T09:10:00 700.175 Evacuate issued by the system against instance vm-1 owned by tenant2',
  ].join('\n');
  const { vimEvents } = readImport(text, 'vim.txt');
  expect(vimEvents.map(({ id, name, at, reason, proof }) => [id, name, at, reason, proof.ref.line])).toEqual([
    ['700.151', 'vm-1', Date.UTC(2018, 7, 14, 9, 6, 23, 120), 'host component failure', 1],
    ['700.154', 'vm-1', Date.UTC(2018, 7, 14, 9, 9, 27), 'Live migration timeout after 180 sec', 2],
  ]);
});
