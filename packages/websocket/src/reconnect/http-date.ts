/** Parses HTTP dates in all their forms (RFC 9110 §5.6.7): those that recipients MUST accept, and no others. */

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const time = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)";

const forms = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(`^[A-Z][a-z]{2}, (?<day>\\d\\d) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${time} GMT$`),
  // Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(`^[A-Z][a-z]{5,8}, (?<day>\\d\\d)-(?<month>[A-Z][a-z]{2})-(?<year>\\d\\d) ${time} GMT$`),
  // Sun Nov  6 08:49:37 1994
  new RegExp(`^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`),
];

/** Returns `text` as milliseconds since 1970, or undefined if it is not a date. `now` decides the century of two-digit years. */
export function parseHttpDate(text: string, now: number): number | undefined {
  for (const form of forms) {
    const parts = form.exec(text)?.groups as Record<string, string> | undefined;
    if (parts === undefined) continue;
    const month = months.indexOf(parts.month!);
    const [day, hour, minute, second] = [parts.day, parts.hour, parts.minute, parts.second].map(Number);
    const date = Date.UTC(fullYear(parts.year!, now), month, day!, hour!, minute!, Math.min(second!, 59));
    // A leap second is valid; 31 February is not.
    const isValid = month >= 0 && new Date(date).getUTCDate() === day && hour! < 24 && minute! < 60 && second! <= 60;
    return isValid ? date : undefined;
  }
  return undefined;
}

/** RFC 9110 §5.6.7: a two-digit year that appears to be more than 50 years in the future is in the past. */
function fullYear(digits: string, now: number): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}
