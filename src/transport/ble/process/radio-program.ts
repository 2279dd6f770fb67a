/** Where the program of the radio process is: beside this file, once it is compiled. */
export const RADIO_PROGRAM = new URL('./radio-child.js', import.meta.url);
