import { inflateRawSync } from 'node:zlib';
import type { PageDetail, PageFront, PageRow } from '../../src/report/page-shapes.ts';

/** What a page is made of. */
export interface Parts {
  /** Without scripts and style. */
  readonly markup: string;
  readonly policy: string;
  readonly style: string;
  /** Those that run. */
  readonly scripts: readonly string[];
  readonly front: PageFront;
  readonly rows: readonly PageRow[];
  readonly details: readonly PageDetail[];
}

/** Takes a page apart, and unpacks what lies in it. */
export function partsOf(page: string): Parts {
  const scripts = [...page.matchAll(/<script([^>]*)>(.*?)<\/script>/gs)].map(([, about = '', text = '']) => ({
    about,
    text,
  }));
  const data = (id: string) => scripts.filter(({ about }) => about.includes(`id="data-${id}`)).map(({ text }) => text);
  const unpacked = (id: string) =>
    data(id).map((text) => JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString('utf8')));
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
  return {
    markup: page.replace(/<(script|style)[^>]*>.*?<\/\1>/gs, ''),
    policy: policy.replaceAll('&#39;', "'"),
    style: /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? '',
    scripts: scripts.filter(({ about }) => about === '').map(({ text }) => text),
    front: JSON.parse(data('front')[0] ?? 'null'),
    rows: unpacked('rows')[0]?.rows ?? [],
    details: unpacked('details').flat(),
  };
}
