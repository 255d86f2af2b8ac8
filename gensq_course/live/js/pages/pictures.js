// Lessons 04 and 14: the plane of a VAE of digits, and a conditional GAN of them (gensq_lib/models/dense_vae.py, gan.py).
const linearOf = (weights, name) => (x) => affine(weights[`${name}.weight`], x, weights[`${name}.bias`]);
const relu = (x) => x.map((value) => Math.max(value, 0));

// torch.nn.ConvTranspose2d with kernel 4, stride 2, padding 1: twice as high and wide. Weights are "in out 4 4".
const doubled = (weights, name) => {
  const {shape: [inside, outside], values} = weights[`${name}.weight`], bias = weights[`${name}.bias`].values;
  return (x, side) => {
    const wide = 2 * side, out = new Float32Array(outside * wide * wide);
    for (let o = 0; o < outside; o += 1) out.fill(bias[o], o * wide * wide, (o + 1) * wide * wide);
    for (let c = 0; c < inside; c += 1) for (let row = 0; row < side; row += 1) for (let column = 0; column < side; column += 1) {
      const value = x[(c * side + row) * side + column];
      for (let o = 0; o < outside; o += 1) for (let i = 0; i < 4; i += 1) for (let j = 0; j < 4; j += 1) {
        const y = 2 * row + i - 1, across = 2 * column + j - 1, weight = values[((c * outside + o) * 4 + i) * 4 + j];
        if (y >= 0 && y < wide && across >= 0 && across < wide) out[(o * wide + y) * wide + across] += value * weight;
      }
    }
    return out;
  };
};
// z (and a class) -> 64 pixels from 0 to 1.
const planeDecoder = (bytes) => {
  const {weights} = container(bytes), hidden = linearOf(weights, "decoder.0"), out = linearOf(weights, "decoder.2");
  return (z) => out(hidden(Float32Array.from(z)).map((x) => x * sigmoid(x)));
};
const digitGenerator = (bytes) => {
  const {facts: {config}, weights} = container(bytes), [first, second, third] = [0, 3, 5].map((i) => `generator.body.${i}`);
  return (digit, z) => {
    const given = new Float32Array(config.latent_dim + config.num_classes);
    given.set(z);
    given[config.latent_dim + digit] = 1;
    const small = relu(linearOf(weights, first)(given)), middle = relu(doubled(weights, second)(small, 2));
    return doubled(weights, third)(middle, 4).map((x) => (1 + Math.tanh(x)) / 2);
  };
};

const told = (z) => z.map((value) => fixed(value, 1)).join(", ");
const scaleOfZ = {min: -3, max: 3, step: 0.1, value: 0, shown: (z) => fixed(z, 1)};
const coordinates = (show) => ["first number of z", "second number of z"].map((name) => dial(name, scaleOfZ, show));
live.dense = (place, {dense: base64}) => {
  const decode = planeDecoder(bytesOf(base64)), picture = pixels();
  const said = named(element("p", {className: "faint"}), {role: "status"});
  const show = oncePerFrame(() => {
    const z = both.map(({value}) => value), words = `The decoded picture at z = (${told(z)}).`;
    picture.show(decode(z), words);
    said.textContent = `${words} It is ${fixed(Math.hypot(...z), 1)} from the origin; 90 % of the prior lies within 2.15.`;
  });
  const both = coordinates(show);
  show();
  place.append(...both.map(({node}) => node), picture.node, said);
};
live.gan = (place, {gan: base64}) => {
  const generate = digitGenerator(bytesOf(base64)), picture = pixels();
  const said = named(element("p", {className: "faint"}), {role: "status"});
  const show = oncePerFrame(() => {
    const z = both.map(({value}) => value), words = `Class ${digit.value} at z = (${told(z)}, 0, ...).`;
    picture.show(generate(digit.value, z), words);
    said.textContent = words;
  });
  const digit = dial("class", {min: 0, max: 9, step: 1, value: 3}, show), both = coordinates(show);
  show();
  place.append(digit.node, ...both.map(({node}) => node), picture.node, said);
};
