/** Dates of HTTP in all their forms (RFC 9110 §5.6.7): what recipients MUST accept, and nothing else. */

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

/** The milliseconds since 1970 that `text` stands for, or undefined where it is no date. `now` decides about short years. */
export function parseHttpDate(text: string, now: number): number | undefined {
  for (const form of forms) {
    const parts = form.exec(text)?.groups as Record<string, string> | undefined;
    if (parts === undefined) continue;
    const month = months.indexOf(parts.month!);
    const [day, hour, minute, second] = [parts.day, parts.hour, parts.minute, parts.second].map(Number);
    const date = Date.UTC(fullYear(parts.year!, now), month, day!, hour!, minute!, Math.min(second!, 59));
    // A leap second is a valid one; 31 February is no day.
    const isValid = month >= 0 && new Date(date).getUTCDate() === day && hour! < 24 && minute! < 60 && second! <= 60;
    return isValid ? date : undefined;
  }
  return undefined;
}

/** RFC 9110 §5.6.7: of two digits, a year that seems to be more than 50 years ahead is one of the past. */
function fullYear(digits: string, now: number): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}
