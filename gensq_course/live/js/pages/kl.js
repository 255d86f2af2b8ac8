// Lesson 02: a Gaussian q beside the standard one, both integrands, both KLs; and which q fits two humps best, in each direction.
const steps = (from, to, num) => Float64Array.from({length: num}, (_, i) => from + i * (to - from) / (num - 1));
const logNormal = (z, mean, width) => -0.5 * ((z - mean) / width) ** 2 - Math.log(width) - 0.5 * Math.log(2 * Math.PI);
const sumOver = (values, z) => values.reduce((sum, value) => sum + value, 0) * (z[1] - z[0]);
const HUMP = 0.6;  // width of each
const logHumps = (z, distance) => {
  const both = [-distance, distance].map((mean) => Math.exp(logNormal(z, mean, HUMP)));
  return Math.log((both[0] + both[1]) / 2 + 1e-300);
};

// The Gaussians with the least KL(q‖p) and KL(p‖q) of all on a grid, as in the lesson: [[nats, mean, width], ...].
const bestFits = (distance) => {
  const z = steps(-8, 8, 201), log = z.map((value) => logHumps(value, distance));
  const entropy = sumOver(log.map((value) => Math.exp(value) * value), z), variance = distance ** 2 + HUMP ** 2;
  const least = [[Infinity], [Infinity]];
  for (const m of steps(-3, 3, 49)) for (const s of steps(0.4, 3.2, 29)) {
    const forward = sumOver(z.map((value, i) => {
      const logQ = logNormal(value, m, s);
      return Math.exp(logQ) * (logQ - log[i]);
    }), z);
    const reverse = entropy + 0.5 * (variance + m * m) / (s * s) + Math.log(s) + 0.5 * Math.log(2 * Math.PI);
    [forward, reverse].forEach((cost, which) => { if (cost < least[which][0] - 1e-9) least[which] = [cost, m, s]; });
  }
  return least;
};

const twoDirections = () => {
  const z = steps(-4.5, 4.5, 451), logP = z.map((value) => logNormal(value, 0, 1)), ticks = [-4, -2, 0, 2, 4];
  const names = ["q", "p", "q log(q/p)", "p log(p/q)"], picture = chart(z, [-1, 2], {ticks});
  const said = named(element("p", {className: "said"}), {role: "status"});
  const show = oncePerFrame(() => {
    const [m, s] = [mean.value, width.value], logQ = z.map((value) => logNormal(value, m, s));
    const forward = 0.5 * (s * s + m * m - 1) - Math.log(s), reverse = 0.5 * ((1 + m * m) / (s * s) - 1) + Math.log(s);
    said.textContent = `KL(q‖p) = ${fixed(forward)} nats, KL(p‖q) = ${fixed(reverse)} nats`;
    picture.show({q: logQ.map(Math.exp), p: logP.map(Math.exp),
      forward: logQ.map((log, i) => Math.exp(log) * (log - logP[i])),
      reverse: logQ.map((log, i) => Math.exp(logP[i]) * (logP[i] - log))},
    `q with mean ${fixed(m, 1)} and width ${fixed(s, 1)} beside the standard Gaussian p: ${said.textContent}.`);
  });
  const shown = (x) => fixed(x, 1);
  const mean = dial("mean of q", {min: -3, max: 3, step: 0.1, value: 1.5, shown}, show);
  const width = dial("width of q", {min: 0.2, max: 3, step: 0.1, value: 0.8, shown}, show);
  show();
  return part("Two directions", mean.node, width.node, said, key(names), picture.node,
    element("p", {className: "faint",
      textContent: "Each KL is the area of its integrand. What is above 2 or below −1 is cut off at the edge."}));
};
const twoHumps = () => {
  const z = steps(-4.5, 4.5, 451), picture = chart(z, [0, 0.8], {ticks: [-4, -2, 0, 2, 4]});
  const said = named(element("p", {className: "said"}), {role: "status"});
  const show = oncePerFrame(() => {
    const d = distance.value, fits = bestFits(d), curve = ([, m, s]) => z.map((value) => Math.exp(logNormal(value, m, s)));
    said.textContent = fits.map(([nats, m, s], i) =>
      `least KL(${i ? "p‖q" : "q‖p"}): ${fixed(nats)} nats, at ${fixed(m)}, width ${fixed(s)}`).join("; ");
    picture.show({first: curve(fits[0]), p: z.map((value) => Math.exp(logHumps(value, d))), second: curve(fits[1])},
      `A p with humps of width ${HUMP} at −${fixed(d)} and ${fixed(d)}, and two fits: ${said.textContent}.`);
  });
  const distance = dial("distance of the humps from 0", {min: 0.2, max: 2.4, step: 0.05, value: 1}, show);
  show();
  return part("Two humps", distance.node, said, key(["q with the least KL(q‖p)", "p", "q with the least KL(p‖q)"]), picture.node);
};
live.kl = (place) => place.append(twoDirections(), twoHumps());
