// Lesson 07: the rounds of the first students, one after another. The game itself: gensq_course/widgets/clinic.js.
live.clinic = (place, {clinic: {games}}) => {
  const room = element("div");
  const play = () => {
    const game = games[student.value];
    room.replaceChildren(element("p", {textContent: `${game.patients.length} training runs of a small text VAE; most are sick. `
      + `A right diagnosis is worth ${game.worth} points, a wrong one costs ${game.wrong}, and each instrument costs what stands `
      + "on its button. Buy as little as decides."}));
    clinic.render({model: store({game}), el: room});
  };
  const student = menu("student", games.map((game) => `number ${game.student}`), play);
  play();
  place.append(student.node, room);
};
