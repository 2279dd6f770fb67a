/** The program of the radio process: noble and bleno, and nothing else that could keep them waiting. See radio-process.ts. */
import { createBleRadio } from '../ble-radio.js';
import { runRadioChild } from './run-radio-child.js';

runRadioChild(createBleRadio);
