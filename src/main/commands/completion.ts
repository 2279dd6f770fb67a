/** `tandem completion`, and what its scripts ask. */
import { Argument, type Command } from '@commander-js/extra-typings';
import { type Define, JSON_OPTION } from '../command.js';
import { type Candidate, complete, type Names } from '../completion/candidates.js';
import { SCRIPTS, SHELLS } from '../completion/scripts.js';
import { type GatewayChoice, withClient } from '../gateway-client.js';
import { deviceText } from '../session-text.js';
import type { Io } from '../terminal/io.js';
import { printable } from '../terminal/printable.js';

const DESCRIPTION = `Prints what makes a shell complete the commands, options, files, devices and sessions of tandem.

  bash   source <(tandem completion bash)      in ~/.bashrc
  zsh    source <(tandem completion zsh)       in ~/.zshrc, after compinit
  fish   tandem completion fish | source       in ~/.config/fish/config.fish`;

/** Whoever types does not wait for a gateway that does not answer. */
const PATIENCE_MS = 2_000;

export const define: Define = (command, io) => {
  command
    .description(DESCRIPTION)
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addOption(JSON_OPTION)
    .action(async (shell, { json }) => {
      if (json) io.json({ shell, script: SCRIPTS[shell] });
      else await io.write(`${SCRIPTS[shell]}\n`);
    });
};

/** The command behind the scripts: never a word about what goes wrong. */
export function defineComplete(
  command: Command,
  io: Io,
  createProgram: (io: Io, words: readonly string[]) => Promise<Command>,
): void {
  command.argument('[words...]').action(async (words) => {
    const quiet = { ...io, err: () => {} };
    const program = await createProgram(quiet, words);
    const lines = await complete(program, words, namesOf(words, quiet));
    await io.write(lines.map((line) => `${line}\n`).join(''));
  });
}

function namesOf(words: readonly string[], io: Io): Names {
  const choice = choiceIn(words);
  return {
    devices: () =>
      ask(choice, io, async (client) =>
        (await client.call('listKnownDevices', {})).flatMap(({ deviceName, deviceId }) => [
          { word: deviceName, help: printable(deviceId) },
          { word: deviceId, help: printable(deviceName) },
        ]),
      ),
    sessions: () =>
      ask(choice, io, async (client) =>
        (await client.listSessions()).map((session) => ({
          word: String(session.sessionId),
          help: printable(`${session.state}, ${session.serviceName} with ${deviceText(session)}`),
        })),
      ),
  };
}

async function ask(
  choice: GatewayChoice,
  io: Io,
  work: Parameters<typeof withClient<readonly Candidate[]>>[2],
): Promise<readonly Candidate[]> {
  const late = AbortSignal.timeout(PATIENCE_MS);
  const signal = AbortSignal.any([io.signal, late]);
  return withClient(choice, { ...io, signal }, work).catch(() => []);
}

/** The gateway that the line so far names. */
function choiceIn(words: readonly string[]): GatewayChoice {
  const after = (option: string): string | undefined => {
    const place = words.indexOf(option);
    return place === -1 ? undefined : words[place + 1];
  };
  return { stateDir: after('--state-dir'), url: after('--url'), tokenFile: after('--token-file') };
}
