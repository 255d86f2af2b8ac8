// Lesson 02: a Gaussian q beside the standard one, both integrands, both KLs; and which q fits two humps best, in each direction.
const steps = (from, to, num) => Float64Array.from({length: num}, (_, i) => from + i * (to - from) / (num - 1));
const logNormal = (z, mean, width) => -0.5 * ((z - mean) / width) ** 2 - Math.log(width) - 0.5 * Math.log(2 * Math.PI);
const integral = (values, z) => values.reduce((sum, value, i) => sum + (i ? (value + values[i - 1]) / 2 * (z[i] - z[i - 1]) : 0), 0);

live.kl = (place) => {
  const z = steps(-8, 8, 801), near = z.filter((value) => Math.abs(value) < 4.5), logP = near.map((value) => logNormal(value, 0, 1));
  const two = () => {
    const names = ["q", "p", "q log(q/p)", "p log(p/q)"], picture = chart(near, [-1, 2], {ticks: [-4, -2, 0, 2, 4]});
    const said = named(element("p", {className: "said"}), {role: "status"});
    const show = oncePerFrame(() => {
      const [m, s] = [mean.value, width.value], logQ = near.map((value) => logNormal(value, m, s));
      const forward = 0.5 * (s * s + m * m - 1) - Math.log(s), reverse = 0.5 * ((1 + m * m) / (s * s) - 1) + Math.log(s);
      said.textContent = `KL(q‖p) = ${fixed(forward)} nats, KL(p‖q) = ${fixed(reverse)} nats`;
      picture.show({q: logQ.map(Math.exp), p: logP.map(Math.exp), forward: logQ.map((log, i) => Math.exp(log) * (log - logP[i])),
        reverse: logQ.map((log, i) => Math.exp(logP[i]) * (logP[i] - log))},
      `q with mean ${fixed(m, 1)} and width ${fixed(s, 1)} beside the standard Gaussian p: ${said.textContent}.`);
    });
    const mean = dial("mean of q", {min: -3, max: 3, step: 0.1, value: 1.5, shown: (x) => fixed(x, 1)}, show);
    const width = dial("width of q", {min: 0.2, max: 3, step: 0.1, value: 0.8, shown: (x) => fixed(x, 1)}, show);
    show();
    return part("Two directions", mean.node, width.node, said, key(names), picture.node,
      element("p", {className: "faint", textContent: "Each KL is the area of its integrand; curves above 2 and below −1 are cut at the edge."}));
  };
  const humps = () => {
    const grid = [...steps(-3, 3, 49)].flatMap((m) => [...steps(0.4, 3.2, 29)].map((s) => [m, s]));
    const names = ["q with the least KL(q‖p)", "p", "q with the least KL(p‖q)"], picture = chart(near, [0, 0.8], {ticks: [-4, -2, 0, 2, 4]});
    const said = named(element("p", {className: "said"}), {role: "status"});
    const show = oncePerFrame(() => {
      const d = distance.value, hump = (value) => Math.log((Math.exp(logNormal(value, -d, 0.6)) + Math.exp(logNormal(value, d, 0.6))) / 2 + 1e-300);
      const log = z.map(hump), p = log.map(Math.exp), least = [[Infinity], [Infinity]];
      const entropy = integral(p.map((value, i) => value * log[i]), z), variance = d * d + 0.36;
      for (const [m, s] of grid) {
        let forward = 0;  // of q log q - q log p; what q has outside [-8, 8] is nothing
        for (let i = 0; i < z.length; i += 4) { const logQ = logNormal(z[i], m, s); forward += Math.exp(logQ) * (logQ - log[i]); }
        const costs = [forward * 4 * (z[1] - z[0]), entropy + 0.5 * ((variance + m * m) / (s * s)) + Math.log(s) + 0.5 * Math.log(2 * Math.PI)];
        costs.forEach((cost, which) => { if (cost < least[which][0] - 1e-9) least[which] = [cost, m, s]; });
      }
      const told = least.map(([cost, m, s], i) => `least KL(${i ? "p‖q" : "q‖p"}) ${fixed(cost)} nats, at ${fixed(m)}, width ${fixed(s)}`);
      said.textContent = told.join("; ");
      const curve = ([, m, s]) => near.map((value) => Math.exp(logNormal(value, m, s)));
      picture.show({first: curve(least[0]), p: near.map((value) => Math.exp(hump(value))), second: curve(least[1])},
        `A p with humps of width 0.6 at −${fixed(d)} and ${fixed(d)}, and two fits: ${said.textContent}.`);
    });
    const distance = dial("distance of the humps from 0", {min: 0.2, max: 2.4, step: 0.05, value: 1}, show);
    show();
    return part("Two humps", distance.node, said, key(names), picture.node);
  };
  place.append(two(), humps());
};
