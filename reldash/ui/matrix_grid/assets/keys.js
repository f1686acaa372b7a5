/** What keys do in the grid: where each leads from a place, and what else they ask for. */

/**
 * Where a key leads.
 *
 * @param {KeyboardEvent} event
 * @param {{row: number, column: number}} at -1 is the head, and the column of services.
 * @param {{rows: number, columns: number, page: number}} size `page` is the rows in sight.
 * @returns {[number, number] | null} row and column; null for keys that do not move.
 */
export function destination(event, { row, column }, { rows, columns, page }) {
  const [last, end] = [rows - 1, columns - 1];
  const far = event.ctrlKey || event.metaKey;
  const within = (value, most) => Math.max(-1, Math.min(value, most));
  switch (event.key) {
    case "ArrowUp":
      return [far ? Math.min(0, last) : within(row - 1, last), column];
    case "ArrowDown":
      return [far ? last : within(row + 1, last), column];
    case "ArrowLeft":
      return [row, far ? -1 : within(column - 1, end)];
    case "ArrowRight":
      return [row, far ? end : within(column + 1, end)];
    case "Home":
      return [far ? Math.min(0, last) : row, -1];
    case "End":
      return [far ? last : row, end];
    case "PageUp":
      return [Math.max(row - page, Math.min(0, last)), column];
    case "PageDown":
      return [within(row + page, last), column];
    default:
      return null;
  }
}
