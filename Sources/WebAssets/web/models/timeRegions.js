// Regions of the week: office hours, nights, weekends.
import { dateParts, fromParts } from "./dateFormat.js";

const clock = (text) => { const match = /^(\d{1,2})(?::(\d\d))?$/.exec(text ?? ""); return match ? { hour: Number(match[1]), minute: Number(match[2] ?? 0) } : null; };

/**
 * When a region { from, to ("HH:mm"), fromDayOfWeek, toDayOfWeek (1 is Monday) } holds within a range (ms): [{ from, to }]. Without
 * days it holds every day, without times the whole day; one that ends before it begins ends on the next day or in the next week.
 */
export function regionTimes({ from, to, fromDayOfWeek, toDayOfWeek }, range, zone) {
  const start = clock(from), end = clock(to), firstDay = Number(fromDayOfWeek) || Number(toDayOfWeek) || 0, lastDay = Number(toDayOfWeek) || firstDay;
  if (!start && !end && !firstDay) return [];
  const day = dateParts(range.from - 8 * 86400e3, zone), out = [];
  for (let at = 0; at < 3700; at++) {
    const own = { year: day.year, month: day.month, day: day.day + at }, begin = fromParts({ ...own, ...(start ?? {}) }, zone);
    if (begin > range.to) break;
    if (firstDay && (dateParts(begin, zone).weekday || 7) !== firstDay) continue;
    const later = firstDay ? (lastDay - firstDay + 7) % 7 : 0, until = (days) => fromParts({ ...own, day: own.day + later + days, ...(end ?? (start && !toDayOfWeek ? start : { hour: 23, minute: 59, second: 59, ms: 999 })) }, zone);
    const finish = until(0) < begin ? until(firstDay ? 7 : 1) : until(0);
    if (finish >= range.from) out.push({ from: begin, to: finish });
  }
  return out;
}
