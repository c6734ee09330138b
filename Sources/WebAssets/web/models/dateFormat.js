// Dates as text by patterns (YYYY, MM, DD, HH, mm, ss, SSS, …), in a time zone.
// Zone: "utc", "browser" or null for the machine's own, or an IANA name.

const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const formats = new Map();

/** Whether the zone is the machine's own. */
export const isLocalZone = (zone) => !zone || zone === "browser" || zone === "local";

/** The parts of a time (ms since the epoch): year, month 1-12, day, hour, minute, second, ms, weekday 0-6. */
export function dateParts(time, zone) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return null;
  if (isLocalZone(zone)) {
    return { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate(), hour: date.getHours(), minute: date.getMinutes(),
      second: date.getSeconds(), ms: date.getMilliseconds(), weekday: date.getDay() };
  }
  const shifted = zone.toLowerCase() === "utc" ? date : new Date(date.getTime() + zoneOffset(date.getTime(), zone));
  return { year: shifted.getUTCFullYear(), month: shifted.getUTCMonth() + 1, day: shifted.getUTCDate(), hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(), second: shifted.getUTCSeconds(), ms: shifted.getUTCMilliseconds(), weekday: shifted.getUTCDay() };
}

/** What a zone adds to UTC at a time, in ms. */
export function zoneOffset(time, zone) {
  if (isLocalZone(zone)) return -new Date(time).getTimezoneOffset() * 60000;
  if (zone.toLowerCase() === "utc") return 0;
  let format = formats.get(zone);
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
    } catch { format = null; }
    formats.set(zone, format);
  }
  if (!format) return 0;
  const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - Math.floor(time / 1000) * 1000;
}

/** The time (ms) of a wall clock reading in a zone. */
export function fromParts({ year, month, day, hour = 0, minute = 0, second = 0, ms = 0 }, zone) {
  if (isLocalZone(zone)) return new Date(year, month - 1, day, hour, minute, second, ms).getTime();
  const wall = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const guess = wall - zoneOffset(wall, zone);
  return wall - zoneOffset(guess, zone);
}

const two = (number) => String(number).padStart(2, "0");
const tokens = /\[([^\]]*)\]|YYYY|YY|MMMM|MMM|MM|M|DDDD|DD|Do|D|dddd|ddd|HH|H|hh|h|mm|m|ss|s|SSS|A|a|ZZ|Z|X|x/g;

export function formatDate(time, pattern, zone) {
  const p = dateParts(time, zone);
  if (!p) return "Invalid date";
  return pattern.replace(tokens, (token, literal) => {
    switch (token) {
      case "YYYY": return p.year;
      case "YY": return two(p.year % 100);
      case "MMMM": return months[p.month - 1];
      case "MMM": return months[p.month - 1].slice(0, 3);
      case "MM": return two(p.month);
      case "M": return p.month;
      case "DD": return two(p.day);
      case "D": return p.day;
      case "Do": return p.day + (["th", "st", "nd", "rd"][p.day % 100 > 10 && p.day % 100 < 14 ? 0 : p.day % 10] ?? "th");
      case "dddd": return weekdays[p.weekday];
      case "ddd": return weekdays[p.weekday].slice(0, 3);
      case "HH": return two(p.hour);
      case "H": return p.hour;
      case "hh": return two(p.hour % 12 || 12);
      case "h": return p.hour % 12 || 12;
      case "mm": return two(p.minute);
      case "m": return p.minute;
      case "ss": return two(p.second);
      case "s": return p.second;
      case "SSS": return String(p.ms).padStart(3, "0");
      case "A": return p.hour < 12 ? "AM" : "PM";
      case "a": return p.hour < 12 ? "am" : "pm";
      case "X": return Math.floor(time / 1000);
      case "x": return time;
      case "Z": case "ZZ": {
        const minutes = Math.round(zoneOffset(time, zone) / 60000), size = Math.abs(minutes);
        return (minutes < 0 ? "-" : "+") + two(Math.floor(size / 60)) + (token === "Z" ? ":" : "") + two(size % 60);
      }
      default: return literal ?? token;
    }
  });
}

/** "3 minutes ago", "in 2 hours". */
export function fromNow(time, now = Date.now()) {
  const difference = time - now, s = Math.abs(difference) / 1000;
  const [number, unit] = s < 45 ? [0, "a few seconds"] : s < 90 ? [0, "a minute"] : s < 2700 ? [s / 60, "minutes"] : s < 5400 ? [0, "an hour"]
    : s < 79200 ? [s / 3600, "hours"] : s < 129600 ? [0, "a day"] : s < 2246400 ? [s / 86400, "days"] : s < 3888000 ? [0, "a month"]
    : s < 27648000 ? [s / 2592000, "months"] : s < 47304000 ? [0, "a year"] : [s / 31536000, "years"];
  const text = number ? `${Math.round(number)} ${unit}` : unit;
  return difference > 0 ? "in " + text : text + " ago";
}
