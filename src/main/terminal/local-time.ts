/** Times for people: everywhere those of the time zone of this machine, with the offset from UTC. Programs get milliseconds since 1970, or UTC. */

/** The time of day to the millisecond: "13:04:31.120+01:00". */
export function formatTime(ms: number): string {
  const { time, offset } = partsOf(ms);
  return `${time}${offset}`;
}

/** To the second: "2026-11-26 13:04:31+01:00". */
export function formatDateTime(ms: number): string {
  const { date, time, offset } = partsOf(ms);
  return `${date} ${time.slice(0, 8)}${offset}`;
}

/** To the minute: "2026-11-26 13:04+01:00". */
export function formatMinute(ms: number): string {
  const { date, time, offset } = partsOf(ms);
  return `${date} ${time.slice(0, 5)}${offset}`;
}

function partsOf(ms: number): { readonly date: string; readonly time: string; readonly offset: string } {
  const offsetMinutes = -new Date(ms).getTimezoneOffset();
  // As if this zone were UTC: ISO 8601 then has the digits that the clock on the wall shows.
  const [date = '', time = ''] = new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, -1).split('T');
  const sign = offsetMinutes < 0 ? '-' : '+';
  const [hours, minutes] = [Math.trunc(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  const pad = (value: number): string => String(value).padStart(2, '0');
  return { date, time, offset: `${sign}${pad(hours)}:${pad(minutes)}` };
}
