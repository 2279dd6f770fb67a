/** Reads a Dockerfile: only what ours use. Source: Dockerfile reference, "Format" and the instructions. */

export type Instruction =
  | { readonly type: 'FROM'; readonly image: string; readonly stage: string | undefined }
  | { readonly type: 'WORKDIR' | 'VOLUME'; readonly value: string }
  | { readonly type: 'USER' | 'EXPOSE'; readonly value: string }
  | { readonly type: 'ENV'; readonly name: string; readonly value: string }
  | { readonly type: 'RUN'; readonly command: string }
  | {
      readonly type: 'COPY';
      readonly from: string | undefined;
      readonly sources: readonly string[];
      readonly to: string;
    }
  | { readonly type: 'ENTRYPOINT' | 'CMD' | 'HEALTHCHECK'; readonly words: readonly string[] };

export function readDockerfile(text: string): Instruction[] {
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  return lines.filter((line) => line.trim() !== '').map(readInstruction);
}

/** Throws on what nobody has needed yet, rather than passing over it. */
function readInstruction(line: string): Instruction {
  const [, type = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
  const words = rest.split(/\s+/);
  switch (type) {
    case 'FROM':
      return { type, image: words[0] ?? '', stage: words[2] };
    case 'WORKDIR':
    case 'VOLUME':
      return { type, value: rest };
    case 'USER':
    case 'EXPOSE':
      return { type, value: rest };
    case 'ENV': {
      const [name = '', value = ''] = rest.split('=');
      return { type, name, value };
    }
    case 'RUN':
      return { type, command: rest };
    case 'COPY':
      return readCopy(words);
    case 'ENTRYPOINT':
    case 'CMD':
    case 'HEALTHCHECK':
      return { type, words: JSON.parse(rest.slice(rest.indexOf('['))) };
    default:
      throw new Error(`what does this say? ${line}`);
  }
}

function readCopy(words: readonly string[]): Instruction {
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  return { type: 'COPY', from, sources: paths.slice(0, -1), to: paths.at(-1) ?? '' };
}

/** Whether a path of the context is left out. The last line that matches counts. Source: "Dockerignore file". */
export function isIgnored(path: string, dockerignore: string): boolean {
  const lines = dockerignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const last = lines.findLast((line) => pattern(line.replace('!', '')).test(path));
  return last !== undefined && !last.startsWith('!');
}

/** A line that names a folder is for all that is in it. */
function pattern(line: string): RegExp {
  const parts = line.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}(?:/|$)`);
}
