import type { Chance } from '../events/mutate.ts'

/** One of several. */
export function pick<Item>(items: readonly Item[], random: Chance): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('Cannot pick from nothing')
  return item
}

/** A piece over and over: mostly once or twice, now and then until `maxLength` characters. */
function repeated(piece: string, random: Chance, maxLength: number): string {
  const most = Math.max(1, Math.floor(maxLength / piece.length))
  return piece.repeat(Math.floor(most ** (random() ** 8)))
}

/**
 * A text with 1 to 4 things done to it: pieces put in, once or in masses; parts cut out, doubled or moved; its end torn off;
 * its characters replaced.
 */
export function spoil(text: string, pieces: readonly string[], random: Chance, maxLength: number): string {
  let spoiled = text
  for (let left = Math.floor(random() * 4); left >= 0; left -= 1) {
    spoiled = pick(WAYS, random)(spoiled, pieces, random, maxLength).slice(0, maxLength)
  }
  return spoiled
}

type Way = (text: string, pieces: readonly string[], random: Chance, maxLength: number) => string

const WAYS: readonly Way[] = [
  (text, pieces, random) => splice(text, random, 0, pick(pieces, random)),
  (text, pieces, random, maxLength) => splice(text, random, 0, repeated(pick(pieces, random), random, maxLength)),
  (text, pieces, random) => splice(text, random, Math.floor(random() * 40), pick(pieces, random)),
  (text, _, random) => splice(text, random, Math.floor(random() * 40), ''),
  (text, _, random) => text.slice(0, at(text, random)),
  (text, _, random) => splice(text, random, 1, String.fromCharCode(Math.floor(random() * 65_536))),
  (text, _, random) => {
    const [from, to] = [at(text, random), at(text, random)].sort((a, b) => a - b)
    return splice(text, random, 0, text.slice(from, Math.min(to ?? 0, (from ?? 0) + 2_000)))
  }
]

function splice(text: string, random: Chance, remove: number, insert: string): string {
  const from = at(text, random)
  return text.slice(0, from) + insert + text.slice(from + remove)
}

function at(text: string, random: Chance): number {
  return Math.floor(random() * (text.length + 1))
}

/** Text as bytes, some of them changed now and then, so that it may be no UTF-8 any more. */
export function spoiledBytes(text: string, random: Chance): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length === 0 || random() < 0.7) return bytes
  for (let left = Math.floor(random() * 8); left >= 0; left -= 1) {
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
  }
  return bytes
}

const PROTOTYPE = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'toJSON', 'valueOf']

/** What spoils JSON: depth, names of every object, numbers beyond measure, NUL, halves of characters. */
export const JSON_PIECES: readonly string[] = [
  ...['[', ']', '{', '}', '{"a":', '[{"a":', ',', ':', '"', '\\', '\\u0000', '\\ud800', '\u0000', '\ud83d', 'null'],
  ...['1e999', '-1e999', '-0', `1${'0'.repeat(400)}`, '0.1', 'true', '""', '[]', '{}', ' ', '\n', '\ufeff', 'NaN'],
  ...PROTOTYPE.flatMap((name) => [`"${name}":{"state":"Stopped","polluted":true},`, `"${name}":null,`, `"${name}"`]),
  ...['"x",', '9007199254740993', '"\u2028"', '/*', '//', '<html>', '\u202e']
]

/** What spoils XML: entities, documents within documents, depth, declarations, things without an end. */
export const XML_PIECES: readonly string[] = [
  ...[
    '<',
    '>',
    '&',
    '/',
    '<a>',
    '</a>',
    '<a/>',
    '<a b="c">',
    "<a b='>'>",
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?x',
    '?>'
  ],
  ...['<!DOCTYPE a [<!ENTITY b "c">]>', '<!ENTITY a "&a;&a;">', '<!DOCTYPE a SYSTEM "file:///etc/passwd">', '&a;'],
  ...['&lt;', '&#0;', '&#x110000;', '&#xD800;', '&#99999999;', '&#x;', '&amp', '&amp;amp;', '<Message>', '</Message>'],
  ...[
    '<Messages>',
    '</Messages>',
    '<ReceiptHandle>',
    '</ReceiptHandle>',
    '<MessageId/>',
    '<x:Message>',
    '\u0000',
    '\ufeff'
  ],
  ...PROTOTYPE.flatMap((name) => [`<${name}>`, `</${name}>`, `<${name}/>`]),
  ...['<?xml version="1.0"?>', ' xmlns="', '"', "'", '\ud800', '\u{1f600}', '<\u4e00>', '9'.repeat(30), '-1', '1e9']
]

/** What spoils YAML: anchors and aliases, merges, tags, flows without end, keys of every object, several documents. */
export const YAML_PIECES: readonly string[] = [
  ...[
    '&a ',
    '*a',
    '&a [*a]',
    '<<: *a',
    '<<: {}',
    '? ',
    ': ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '|',
    '>',
    '|+9\n',
    '#'
  ],
  ...[
    '!!binary x',
    '!!js/function "a"',
    '!!map ',
    '!!set ',
    '!!omap ',
    '!<tag:x>',
    '!',
    '%YAML 1.2\n',
    '---\n',
    '...\n'
  ],
  ...[
    '\n',
    '  ',
    '\t',
    '\u0000',
    '\ufeff',
    '\ud800',
    '1e999',
    '0x7fffffffffffffff',
    '.inf',
    '.nan',
    '~',
    'null',
    '2001-01-01'
  ],
  ...[
    'a: ',
    'region: ',
    'queue: ',
    'queues: ',
    'credentials: ',
    'actions: {',
    'a: &a [x, x]\n',
    '5s',
    '-1s',
    '1e9d',
    '999TiB'
  ],
  ...PROTOTYPE.flatMap((name) => [`${name}: {polluted: true}\n`, `${name}: `])
]
