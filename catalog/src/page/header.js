// Reading the names of columns from what people paste or choose.

// No more than this is read of a file; a header line is far shorter.
const MOST_BYTES = 65536;

// { columns, delimiter } of the first line. Without any comma or tab in it, every line is the name of a column, unless the text
// is the beginning of a file.
function readHeader(text, isFile) {
  const clean = text.replace(/^\ufeff/, '');
  if (isBlank(clean)) return { columns: [], delimiter: null };
  const firstLine = clean.split(/\r\n|\n|\r/, 1)[0];
  const delimiter = firstLine.includes('\t') && !firstLine.includes(',') ? '\t' : ',';
  if (!isFile && !firstLine.includes(delimiter) && !clean.includes('"')) {
    const names = clean.split(/\r\n|\n|\r/).filter((line) => !isBlank(line));
    return { columns: names.map(trimmed), delimiter: null };
  }
  return { columns: firstRecord(clean, delimiter), delimiter: delimiter === '\t' ? 'tab' : 'csv' };
}

// The fields of the first record; within double quotes, everything but a single double quote is part of the name.
function firstRecord(text, delimiter) {
  const fields = [''];
  let isQuoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index];
    if (isQuoted) {
      if (letter !== '"') fields[fields.length - 1] += letter;
      else if (text[index + 1] === '"') {
        fields[fields.length - 1] += '"';
        index += 1;
      } else isQuoted = false;
    } else if (letter === '"' && fields.at(-1) === '') isQuoted = true;
    else if (letter === delimiter) fields.push('');
    else if (letter === '\n' || letter === '\r') break;
    else fields[fields.length - 1] += letter;
  }
  return fields;
}

// The columns of a file, of which only the beginning is read.
async function readFile(file) {
  const text = await file.slice(0, MOST_BYTES).text();
  if (text.includes('\0')) throw new Error('This is no text file: unpack a zip, and save a spreadsheet as CSV.');
  return readHeader(text, true);
}
