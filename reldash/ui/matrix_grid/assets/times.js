/** Exact times in UTC and in the viewer's zone, as in `ui/widgets/relative_times.py`. */

const OF_UTC = ["UTC", "Etc/UTC", "GMT"];

/**
 * @param {number} seconds since the epoch.
 * @returns {string} "2026-11-20 17:00:00 UTC (18:00:00 in Europe/Berlin)", with the date of the
 *   second where it is another one there.
 */
export function exactTime(seconds) {
  const at = new Date(seconds * 1000);
  const utc = written(at);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || OF_UTC.includes(zone)) return `${utc} UTC`;
  const there = written(new Date(at - at.getTimezoneOffset() * 60_000));
  const isSameDay = there.slice(0, 10) === utc.slice(0, 10);
  return `${utc} UTC (${isSameDay ? there.slice(11) : there} in ${zone})`;
}

function written(at) {
  return at.toISOString().slice(0, 19).replace("T", " ");
}
