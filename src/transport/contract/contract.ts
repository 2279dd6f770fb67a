/** What every transport must do, whatever its radio: checks for any test runner. */
import { DIAL_TRIALS, RADIO_OFF_TRIALS } from './dial-trials.js';
import { CLOSE_TRIALS, END_TRIALS, RADIO_END_TRIALS } from './end-trials.js';
import { PACKET_TRIALS } from './packet-trials.js';
import { RADIO_TRIALS, SIGHTING_TRIALS } from './radio-trials.js';
import { onStage, type TransportHarness, type Trials } from './stage.js';

/** One sentence of the contract. */
export interface ContractCheck {
  /** Such as "dial rejects with 'not-in-range' when there is no such device". */
  readonly name: string;
  /** Whether it switches the radio: to be skipped where a program cannot. */
  readonly switchesRadio: boolean;
  /**
   * Makes a harness, tries it and closes everything. Rejects, mostly with an AssertionError, where the transport breaks the contract; one
   * that stays silent makes it wait, so the runner needs a time limit. Checks may run at the same time where their harnesses do not meet.
   */
  run(): Promise<void>;
}

/** The checks for a transport: `for (const { name, run } of transportContract(createHarness)) test(name, run);` */
export function transportContract(
  createHarness: () => TransportHarness | Promise<TransportHarness>,
): readonly ContractCheck[] {
  const checksOf = (subject: string, trials: Trials, switchesRadio = false): ContractCheck[] =>
    Object.entries(trials).map(([sentence, trial]) => ({
      name: `${subject} ${sentence}`,
      switchesRadio,
      run: async () => onStage(await createHarness(), trial),
    }));
  return [
    ...checksOf('the radio', RADIO_TRIALS, true),
    ...checksOf('the list of sightings', SIGHTING_TRIALS),
    ...checksOf('dial', DIAL_TRIALS),
    ...checksOf('dial', RADIO_OFF_TRIALS, true),
    ...checksOf('packets', PACKET_TRIALS),
    ...checksOf('the end of a link', END_TRIALS),
    ...checksOf('the end of a link', RADIO_END_TRIALS, true),
    ...checksOf('close', CLOSE_TRIALS),
  ];
}
