import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../src/main/command-error.js';
import { ConfigSchema } from '../../src/main/config/schema.js';
import { jsonSchemaOf, listSettings, type Schema } from '../../src/main/config/settings.js';
import { COMMANDS } from '../../src/main/program.js';
import { run } from '../../src/main/run.js';
import { StateFile } from '../../src/main/state-directory.js';
import { createRecordedIo } from './recorded-io.js';

const cli = readFileSync('docs/cli.md', 'utf8');
const configuration = readFileSync('docs/configuration.md', 'utf8');

/** One row for every setting, as docs/configuration.md has them. */
function settingRows(schema: Schema, path = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const full = `${path}${name}`;
    const below = inner.properties ?? inner.items?.properties;
    const rows = below === undefined ? [] : settingRows(inner.items ?? inner, `${full}${inner.items ? '[]' : ''}.`);
    if (inner.properties !== undefined) return rows;
    return [
      `| \`${full}\` | ${typeText(inner)} | ${defaultText(schema, name, inner)} | ${variableText(full)} | ${inner.description} |`,
      ...rows,
    ];
  });
}

function typeText({ type, items }: Schema): string {
  if (type !== 'array') return `${type}`;
  return items?.type === 'object' ? 'list of objects' : `list of ${items?.type}s`;
}

function defaultText(parent: Schema, name: string, { default: value }: Schema): string {
  if (value !== undefined) return `\`${JSON.stringify(value)}\``;
  return parent.required?.includes(name) ? 'required' : '–';
}

function variableText(path: string): string {
  const setting = listSettings(jsonSchemaOf(ConfigSchema)).find(({ name }) => name === path);
  return setting === undefined ? '–' : `\`${setting.variable}\``;
}

/** Options that many commands have; the page says once what they are for. */
const EVERYWHERE = ['--json', '--state-dir', '--url', '--token-file'];

function sectionOf(name: string): string {
  return cli.split(`\n## tandem ${name}\n`)[1]?.split('\n## ')[0] ?? '';
}

async function helpOf(...path: readonly string[]): Promise<string> {
  const io = createRecordedIo();
  expect(await run(['help', ...path], io)).toBe(0);
  return io.outLines.join('\n');
}

describe('docs/cli.md', () => {
  it.each(Object.keys(COMMANDS))('shows the help of %s as the program prints it', async (name) => {
    expect(sectionOf(name)).toContain(`\`\`\`text\n${await helpOf(name)}\n\`\`\``);
  });

  it.each(['token', 'account', 'config'])('names every option of what is below %s', async (name) => {
    const section = sectionOf(name);
    const inner = [...((await helpOf(name)).split('\nCommands:\n')[1]?.matchAll(/^ {2}(?!help)(\w+)/gm) ?? [])];
    expect(inner).not.toEqual([]);
    for (const [, verb = ''] of inner) {
      const options = [...(await helpOf(name, verb)).matchAll(/^ {2}(--[\w-]+)/gm)].map(([, option]) => option);
      for (const option of options) if (!EVERYWHERE.includes(`${option}`)) expect(section).toContain(option);
    }
  });

  it('documents no command that does not exist', () => {
    const documented = [...cli.matchAll(/^## tandem (\w+)$/gm)].map(([, name]) => name);
    expect(documented).toEqual(Object.keys(COMMANDS));
  });

  it('lists every exit code and no other', () => {
    const documented = [...cli.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)].map(([, code, name]) => [name, Number(code)]);
    expect(Object.fromEntries(documented)).toEqual(ExitCode);
  });
});

describe('docs/configuration.md', () => {
  it('lists every setting with its type, default, variable and meaning, and no other', () => {
    const documented = configuration
      .split('\n')
      .filter((line) => /^\| `[a-z][\w.[\]]+` \| (string|integer|boolean|list|object)/.test(line));
    expect(documented).toEqual(settingRows(jsonSchemaOf(ConfigSchema)));
  });

  it('lists every file of the state directory, and no other', () => {
    const section = configuration.split('## State directory')[1]?.split('\n## ')[0] ?? '';
    const documented = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
    expect(documented.sort()).toEqual(Object.values(StateFile).sort());
  });

  it('lists every environment variable that the program reads, and no other', () => {
    const section = configuration.split('## Environment')[1]?.split('\n## ')[0] ?? '';
    const documented = [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    const sources = readdirSync('src/main', { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    );
    const read = sources.flatMap((path) => [
      ...readFileSync(`src/main/${path}`, 'utf8').matchAll(/\benv\['([A-Z_]+)'\]/g),
    ]);
    expect(documented.sort()).toEqual([...new Set(read.map(([, name]) => name))].sort());
  });
});
