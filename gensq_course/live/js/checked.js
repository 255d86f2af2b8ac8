// Whether the file of a reader is a model of docs/export.md, asked before any room is made for it: it comes from anywhere, so
// sizes are those of its numbers, every fact has its form, and the hashes that it names are compared.
const MOST_TENSORS = 100, MOST_LONG = 1000, MOST_WIDE = 100_000;  // tensors, tokens of a drawn sentence, units of a layer
const DAMAGED = "expected a model exported by gensq, got a file that is cut, damaged or of another kind; "
  + "write it with `gensq export`";
const natural = (value, most) => Number.isInteger(value) && value >= 0 && value <= most;
const isText = (value) => typeof value === "string" && value.length > 0;
const isTable = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// The header of a container: {facts, tensors, start}. Together its tensors take no more than the file has.
const headerOf = (bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset), size = view.getUint32(0, true), start = 8 + size;
  if (view.getUint32(4, true) || start > bytes.length) refuse(DAMAGED);
  const {__metadata__: {facts}, ...tensors} = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start)));
  const rows = Object.values(tensors), left = bytes.length - start;
  const fits = ({dtype, shape, data_offsets: [first, behind]}) => isText(dtype) && Array.isArray(shape) && shape.length <= 2
    && shape.every((axis) => natural(axis, left)) && natural(behind, left) && natural(first, behind);
  if (rows.length > MOST_TENSORS || !rows.every(fits)) refuse(DAMAGED);
  if (rows.reduce((sum, {data_offsets: [first, behind]}) => sum + behind - first, 0) > left) refuse(DAMAGED);
  return {facts: JSON.parse(facts), tensors, start};
};

// Which weights have which shape, by the sizes that the file names.
const shapesOf = ({class: kind, embed_dim: embed, hidden_dim: hidden, latent_dim: latent = 0}, vocab) => {
  const cell = (name, input, state) => ({[`${name}.weight_ih_l0`]: [4 * state, input],
    [`${name}.weight_hh_l0`]: [4 * state, state], [`${name}.bias_ih_l0`]: [4 * state], [`${name}.bias_hh_l0`]: [4 * state]});
  const plane = (name, from, to) => ({[`${name}.weight`]: [to, from], [`${name}.bias`]: [to]});
  const decoder = {"decoder.embed.weight": [vocab, embed], "decoder.to_vocab.bias": [vocab],
    ...plane("decoder.to_embed", hidden, embed), ...cell("decoder.rnn", embed + latent, hidden)};
  return kind === "LanguageModel" ? decoder : {...decoder, ...plane("decoder.to_state", latent, 2 * hidden),
    ...cell("encoder.forwards", embed, hidden / 2), ...cell("encoder.backwards", embed, hidden / 2),
    ...plane("to_mean", hidden, latent), ...plane("to_log_var", hidden, latent)};
};
const checkShapes = ({config, words}, tensors) => {
  const wide = [words.length + SPECIALS.length, config.embed_dim];
  const optional = {"encoder.embed.weight": wide, "decoder.to_vocab.weight": wide};
  for (const [name, shape] of Object.entries({...optional, ...shapesOf(config, wide[0])})) {
    const found = Object.hasOwn(tensors, name) ? tensors[name].shape : name in optional ? shape : [];
    if (found.join() !== shape.join())
      refuse(`expected ${shape.join(" × ")} numbers in ${name}, got ${found.join(" × ") || "none"}; export the model again`);
  }
};

const checkFacts = ({format, config, words, reading, longest, card = {}}) => {
  if (format !== 1)
    refuse(`expected an exported model of format 1, got ${String(format).slice(0, 20)}; export it again with this version`);
  const {usual = {}, language = "", way} = reading, sizes = [config.embed_dim, config.hidden_dim, config.latent_dim ?? 0];
  const right = Array.isArray(words) && words.every(isText) && isTable(card) && isText(way) && isText(config.class)
    && new Set([...SPECIALS, ...words]).size === SPECIALS.length + words.length && ["", "en", "zh"].includes(language)
    && isTable(usual) && Object.values(usual).every(isText) && sizes.every((size) => natural(size, MOST_WIDE));
  if (!right) refuse(DAMAGED);
  if (!natural(longest, MOST_LONG) || longest === 0)
    refuse(`expected sentences of 1 to ${MOST_LONG} tokens, got ${String(longest).slice(0, 20)}; use gensq`);
  if (!Object.hasOwn(READERS, way))
    refuse(`expected a text that is read as ${Object.keys(READERS).join(", ")}, got "${way.slice(0, 30)}"; use gensq`);
};

// Sixteen digits of SHA-256, as the file names them.
const hashOf = async (parts) => {
  const found = await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer());
  return [...new Uint8Array(found).slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};
const checkHashes = async (bytes, {facts, tensors, start}) => {
  if (!globalThis.crypto?.subtle) return;  // a page that came over plain http has none
  const numbers = Object.entries(tensors).sort(([a], [b]) => smaller(a, b)).flatMap(([name, {data_offsets: [first, behind]}]) =>
    [name, bytes.subarray(start + first, start + behind)]);
  const words = [[...SPECIALS, ...facts.words].join("\n")];
  if (await hashOf(numbers) !== facts.weights || await hashOf(words) !== facts.vocabulary)
    refuse("expected the numbers and words that were exported, got others: the file is damaged; export it again");
};

// A refusal in one sentence (a promise), or nothing.
const checkExport = async (bytes) => {
  try {
    const header = headerOf(bytes), {config} = header.facts;
    checkFacts(header.facts);
    const here = ["LanguageModel", "TextVAE", "BagOfWordsVAE"].includes(config.class) && (config.decoder ?? "lstm") === "lstm";
    if (here && (config.num_layers ?? 1) === 1) checkShapes(header.facts, header.tensors);
    await checkHashes(bytes, header);  // of what this page cannot compute, textModel tells
  } catch (error) {
    refuse(error instanceof RangeError && error.message.startsWith("expected") ? error.message : DAMAGED);
  }
};
