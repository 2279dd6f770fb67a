/** `tandem doctor`: whether this machine has a radio that can be used, and what to do where it has not. */
import { type Define, JSON_OPTION } from '../command.js';
import { ExitCode } from '../command-error.js';
import { loadConfig } from '../config/load-config.js';
import { SYSTEM_PLACES } from '../doctor/facts.js';
import { gatherFacts } from '../doctor/gather-facts.js';
import { judge } from '../doctor/judge.js';
import { exitCodeOf, formatFindings, formatVerdict } from '../doctor/report.js';
import { findStateDirectory } from '../state-directory.js';

const DESCRIPTION = `Examines radio, rights and software of this machine, and says what to do.

Changes nothing and needs no root. A self-test sends a text between two devices on a simulated air. Exit code: ${ExitCode.ok} a radio can be used, ${ExitCode.noRadio} none can but the software works, ${ExitCode.failed} the self-test failed. docs/radio.md explains every finding.`;

export const define: Define = (command, io) => {
  command
    .description(DESCRIPTION)
    .addOption(JSON_OPTION)
    .option('--state-dir <DIR>', 'state directory whose configuration counts')
    .option('--config <FILE>', 'configuration file, as tandem start takes it')
    .action(async ({ json, stateDir, config }) => {
      const stateDirectory = findStateDirectory(stateDir, io.env);
      const { radio } = await loadConfig({ file: config, stateDirectory, env: io.env });
      const findings = judge(await gatherFacts(radio, SYSTEM_PLACES));
      const exitCode = exitCodeOf(findings);
      if (json) io.json({ exitCode, findings });
      else [...formatFindings(findings), '', formatVerdict(exitCode)].forEach(io.out);
      io.exitWith(exitCode);
    });
};
