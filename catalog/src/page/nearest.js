// The name that another one is most probably a slip of, as `van_bulk::header::nearest` finds it: at most a third of the letters
// are inserted, deleted, replaced or swapped with their neighbours, ignoring case.

function nearest(name, candidates) {
  const LONGEST = 100;
  if (characters(name) > LONGEST) return null;
  const letters = Array.from(name.toLowerCase());
  let best = null;
  for (const candidate of candidates) {
    if (characters(candidate) > 2 * LONGEST) continue;
    const other = Array.from(candidate.toLowerCase());
    const most = Math.floor(Math.max(letters.length, other.length) / 3);
    // One is inserted or deleted at least for each that the other has more: most candidates need no closer look.
    if (Math.abs(letters.length - other.length) > most) continue;
    const far = distance(letters, other);
    const isNear = far <= most && far < Math.max(letters.length, 1);
    if (isNear && (best === null || far < best.far)) best = { far, candidate };
  }
  return best?.candidate ?? null;
}

// The optimal string alignment distance.
function distance(one, other) {
  let before = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  one.forEach((left, i) => {
    const row = [i + 1];
    other.forEach((right, j) => {
      let best = Math.min(last[j] + (left === right ? 0 : 1), last[j + 1] + 1, row[j] + 1);
      if (i > 0 && j > 0 && left === other[j - 1] && one[i - 1] === right) best = Math.min(best, before[j - 1] + 1);
      row.push(best);
    });
    before = last;
    last = row;
  });
  return last[other.length];
}

// The letters and digits of a name, for guessing which column is meant for a field.
const bare = (name) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

// The column that is probably meant for a field: one of the same name but for case and punctuation.
const likelyColumn = (job, field) => job.columns.find((column) => bare(column) !== '' && bare(column) === bare(field.name));

// Columns worth proposing for a field, the likeliest first. They are found once for all mappings that have such a field.
function proposedColumns(job, field) {
  const { proposed } = lookup(job.columns);
  if (!proposed.has(field.name)) proposed.set(field.name, similarColumns(job.columns, field));
  return proposed.get(field.name);
}

function similarColumns(columns, field) {
  const own = bare(field.name);
  const score = (column) => {
    const other = bare(column);
    if (other === '') return 9;
    if (other === own) return 0;
    if (nearest(other, [own]) !== null) return 1;
    // Short words are part of too many others.
    const [short, long] = own.length < other.length ? [own, other] : [other, own];
    return short.length >= 4 && long.includes(short) ? 2 : 9;
  };
  const scored = columns.map((column) => [score(column), column]).filter(([points]) => points < 9);
  return scored.sort(([one], [other]) => one - other).slice(0, 3).map(([, column]) => column);
}
