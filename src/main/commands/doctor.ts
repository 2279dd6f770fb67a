/** `tandem doctor`: whether this machine has a radio that can be used, and what to do where it has not. */
import { type Command, readArguments, refuseMore } from '../command.js';
import { ExitCode } from '../command-error.js';
import { loadConfig } from '../config/load-config.js';
import { SYSTEM_PLACES } from '../doctor/facts.js';
import { gatherFacts } from '../doctor/gather-facts.js';
import { judge } from '../doctor/judge.js';
import { exitCodeOf, formatFindings, formatVerdict } from '../doctor/report.js';
import { printable } from '../printable.js';
import { findStateDirectory } from '../state-directory.js';

const OPTIONS = {
  json: { type: 'boolean', help: 'print JSON' },
  'state-dir': { type: 'string', value: 'DIR', help: 'state directory whose configuration counts' },
  config: { type: 'string', value: 'FILE', help: 'configuration file, as tandem start takes it' },
} as const;

export const command: Command = {
  summary: 'examines radio, rights and software of this machine, and says what to do',
  usage: ['doctor [--json] [--state-dir DIR] [--config FILE]'],
  details: [
    'Changes nothing and needs no root. A self-test sends a text between two devices on a simulated air.',
    `Exit code: ${ExitCode.ok} a radio can be used, ${ExitCode.noRadio} none can but the software works,`,
    `${ExitCode.failed} the self-test failed. docs/radio.md explains every finding.`,
  ],
  options: OPTIONS,
  async run(args, io) {
    const { values, positionals } = readArguments(args, OPTIONS);
    refuseMore(positionals);
    const stateDirectory = findStateDirectory(values['state-dir'], io.env);
    const { radio } = await loadConfig({ file: values.config, stateDirectory, env: io.env });
    const findings = judge(await gatherFacts(radio, SYSTEM_PLACES));
    const exitCode = exitCodeOf(findings);
    if (values.json) io.out(JSON.stringify({ exitCode, findings }));
    else [...formatFindings(findings), '', formatVerdict(exitCode)].map(printable).forEach(io.out);
    return exitCode;
  },
};
