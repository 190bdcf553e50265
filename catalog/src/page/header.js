// Reading the names of columns from what people paste or choose, as `van_bulk_import::delimited` reads a header.

// No more than this is read of a file; a header line is far shorter.
const MOST_BYTES = 65536;

// { columns, delimiter, problem } of the first line that is not blank. Without any comma or tab in it, every line is the name of
// a column, and no delimiter is told, unless the text is the beginning of a file.
function readHeader(text, isFile) {
  const clean = text.replace(/^\ufeff/, '').replace(/^[\r\n]+/, '');
  if (isBlank(clean)) return { columns: [], delimiter: null, problem: '' };
  const { counts, delimiter } = separators(clean);
  if (!isFile && counts[delimiter] === 0 && !clean.includes('"')) {
    const names = clean.split(/\r\n|\n|\r/).filter((line) => !isBlank(line));
    return { columns: names.map(trimmed), delimiter: null, problem: semicolons(counts, delimiter) };
  }
  const { fields, problem } = firstRecord(clean, delimiter);
  return { columns: fields, delimiter: delimiter === '\t' ? 'tab' : 'csv', problem: semicolons(counts, delimiter) || problem };
}

// How many commas, tabs and semicolons the first line has that are not in quotes, and which of the first two separates columns.
function separators(text) {
  const counts = { ',': 0, '\t': 0, ';': 0 };
  // A quote opens a name at its beginning, and again after one that seemed to close it: the two are doubled.
  let isQuoted = false;
  let mayOpen = true;
  for (const letter of text.split(/[\r\n]/, 1)[0]) {
    const isQuote = letter === '"' && (isQuoted || mayOpen);
    if (isQuote) isQuoted = !isQuoted;
    if (!isQuoted && Object.hasOwn(counts, letter)) counts[letter] += 1;
    mayOpen = !isQuoted && (isQuote || letter === ',' || letter === '\t');
  }
  return { counts, delimiter: counts['\t'] > counts[','] ? '\t' : ',' };
}

const semicolons = (counts, delimiter) => (counts[';'] > counts[delimiter]
  ? 'Semicolons seem to separate the columns, and VAN takes commas or tabs: save the file with one of these.'
  : '');

// The fields of the first record, where it ends, and what is wrong with its quotes. Within double quotes, everything but a
// single double quote is part of the name.
function firstRecord(text, delimiter) {
  const fields = [''];
  let [isQuoted, isClosed, isNew] = [false, false, true];
  // The first column with text behind its closing quote.
  let torn = 0;
  const add = (letter) => { fields[fields.length - 1] += letter; };
  let at = 0;
  for (; at < text.length; at += 1) {
    const letter = text[at];
    if (isQuoted) {
      if (letter !== '"') add(letter);
      else if (text[at + 1] === '"') {
        add(letter);
        at += 1;
      } else [isQuoted, isClosed] = [false, true];
    } else if (letter === '\n' || letter === '\r') break;
    else if (letter === delimiter) {
      fields.push('');
      [isClosed, isNew] = [false, true];
    } else {
      if (letter === '"' && isNew) isQuoted = true;
      else add(letter);
      if (isClosed) torn ||= fields.length;
      isNew = false;
    }
  }
  let problem = '';
  if (isQuoted) problem = 'A quote is opened in the header line and never closed.';
  else if (torn > 0) problem = `Text follows the closing quote of column ${torn}: double a quote that belongs to a name.`;
  return { fields, end: at, isOpen: isQuoted, problem };
}

// The columns as a header line that reads the same.
const headerLine = (columns, delimiter) =>
  columns.map((name) => (/[",\t\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(delimiter === 'tab' ? '\t' : ',');

// The columns of a file, of which only the beginning is read. Throws if that holds no whole header.
async function readFile(file) {
  const bytes = new Uint8Array(await file.slice(0, MOST_BYTES).arrayBuffer());
  const { text, encoding } = decodedHeader(bytes, file.size > bytes.length);
  const read = readHeader(text, true);
  if (encoding === 'utf-8') return read;
  const said = `The file is not UTF-8, so it was read as ${encoding}. Name that when you import it, too: --encoding ${encoding}.`;
  return { ...read, problem: `${said} ${read.problem}`.trim() };
}

// The header of a file as text, and its encoding: UTF-16 if its mark says so, else UTF-8, else Windows-1252.
function decodedHeader(bytes, isCut) {
  const begins = (...mark) => mark.every((byte, index) => bytes[index] === byte);
  if (begins(0x1f, 0x8b)) throw new Error('It is compressed: unpack it, and choose what was in it.');
  for (const [mark, name] of [[[0xff, 0xfe], 'utf-16le'], [[0xfe, 0xff], 'utf-16be']]) {
    if (begins(...mark)) {
      // What is cut off in the middle of a letter is not decoded.
      const text = strictly(name, bytes, { stream: true });
      if (text === null) throw new Error('It begins as UTF-16, and is not: save it as UTF-8.');
      return { text: wholeHeader(text, isCut), encoding: 'utf-16' };
    }
  }
  const isMarked = begins(0xef, 0xbb, 0xbf);
  const rest = bytes.subarray(isMarked ? 3 : 0);
  // One letter for each byte, in which separators, quotes and line ends are what they are in UTF-8: rows may be damaged.
  const raw = wholeHeader(new TextDecoder('windows-1252').decode(rest), isCut);
  const text = strictly('utf-8', rest.subarray(0, raw.length));
  if (text !== null) return { text, encoding: 'utf-8' };
  if (isMarked) throw new Error('It begins as UTF-8, and its header is not: save it as UTF-8.');
  return { text: raw, encoding: 'windows-1252' };
}

// The text of bytes, or nothing if they are not of this encoding.
function strictly(encoding, bytes, options) {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, options);
  } catch {
    return null;
  }
}

// A text up to the end of its header.
function wholeHeader(text, isCut) {
  const blank = /^[\r\n]*/.exec(text)[0].length;
  const clean = text.slice(blank);
  const { end, isOpen } = firstRecord(clean, separators(clean).delimiter);
  const header = text.slice(0, blank + end);
  if (header.includes('\0')) throw new Error('This is no text file: unpack a zip, and save a spreadsheet as CSV (UTF-8).');
  if (isCut && end === clean.length) throw new Error(`Its header does not end within the first ${MOST_BYTES / 1024} KB, which is all that is read.`);
  if (isOpen) throw new Error('A quote is opened in its header line and never closed.');
  return header;
}
