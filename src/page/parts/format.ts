/** Times and sizes in few characters. */

/** An age such as "4 s", "12 min", "3 h", "5 d". */
export function formatAge(ageMs: number): string {
  const age = Math.max(0, ageMs) / 1_000;
  if (age < 60) return `${Math.floor(age)} s`;
  if (age < 3_600) return `${Math.floor(age / 60)} min`;
  if (age < 86_400) return `${Math.floor(age / 3_600)} h`;
  return `${Math.floor(age / 86_400)} d`;
}

/** The time of day with milliseconds. */
export function formatTime(at: number): string {
  const date = new Date(at);
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${(bytes / 1_024).toFixed(1)} KB`;
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}

export function formatMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** Names of the code as words: "isThisAttempt" is "is this attempt". */
export function toWords(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}
