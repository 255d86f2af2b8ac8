"""Answers as students give them to exercise 4 of lesson 14, the smallest game."""

from tests.students.bodies import answers_to

orbit = answers_to("orbit(start, step_size, penalty, alternate, steps)")

ANSWERS = [
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * (theta + penalty * psi)
            new_theta = theta + step_size * (new_psi if alternate else psi)
            theta, psi = new_theta, new_psi
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """),
    orbit("""
        theta, psi = start[0].item(), start[1].item()
        distances = []
        for i in range(steps):
            old = psi
            psi = psi - step_size * theta - step_size * penalty * psi
            theta += step_size * (psi if alternate else old)
            distances.append(math.sqrt(theta * theta + psi * psi))
        return torch.tensor(distances)
    """),
    orbit("""
        state = start.clone()
        path = torch.zeros(steps, dtype=start.dtype)
        for i in range(steps):
            theta, psi = state[0].clone(), state[1].clone()
            state[1] = psi - step_size * (theta + penalty * psi)
            state[0] = theta + step_size * (state[1] if alternate else psi)
            path[i] = state.norm()
        return path
    """),
    orbit("""
        h = step_size
        points, now = [], start
        for _ in range(steps):
            psi = (1 - h * penalty) * now[1] - h * now[0]
            theta = now[0] + h * psi if alternate else now[0] + h * now[1]
            now = torch.stack([theta, psi])
            points.append(now)
        return torch.stack(points).norm(dim=1)
    """),
    orbit("...", "nothing is written yet", "not attempted", "not written", "still empty"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            psi = psi - step_size * (theta + penalty * psi)
            theta = theta + step_size * psi
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "alternate is ignored: the generator always sees the new psi", "always answers the new", "alternate", "old"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            theta, psi = theta + step_size * psi, psi - step_size * (theta + penalty * psi)
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "alternate is ignored: the generator always sees the old psi", "always answers the old", "alternate", "new"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            theta = theta + step_size * psi
            psi = psi - step_size * (theta + penalty * psi)
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "one after the other, but the generator moves first, in both orders", "generator moves first", "judge"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            if alternate:
                theta = theta + step_size * psi
                psi = psi - step_size * (theta + penalty * psi)
            else:
                theta, psi = theta + step_size * psi, psi - step_size * (theta + penalty * psi)
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "in turn the generator moves first; the judge should", "generator moves first", "judge does"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * (theta + penalty * psi)
            theta = theta + step_size * (psi if alternate else new_psi)
            psi = new_psi
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "the two orders are exchanged", "exchanged", "alternate"),
    orbit("""
        theta, psi = start
        out = []
        for i in range(steps):
            if alternate and i % 2:
                theta = theta + step_size * psi
            elif alternate:
                psi = psi - step_size * (theta + penalty * psi)
            else:
                theta, psi = theta + step_size * psi, psi - step_size * (theta + penalty * psi)
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "in turn only one player moves in each round", "both", "one player", "each round", "half"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * theta
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "the penalty is not used", "penalty"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * (theta - penalty * psi)
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "the penalty pushes psi away from 0", "wrong sign", "towards 0"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * (theta + penalty / 2 * psi)
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "the factor 1/2 of the penalty stays in its slope", "half", "slope of penalty", "counts"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * (theta + penalty * psi ** 2 / 2)
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "the penalty itself, not its slope", "slope", "not its slope", "psi²"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * theta - penalty * psi
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "the penalty is not multiplied by the step size", "step size", "step_size"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi + step_size * (theta - penalty * psi)
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "the judge climbs: its sign is turned", "judge's step", "sign"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * (theta + penalty * psi)
            theta = theta - step_size * (new_psi if alternate else psi)
            psi = new_psi
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "the generator walks away from what the judge likes", "generator's step", "sign"),
    orbit("""
        psi, theta = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * (theta + penalty * psi)
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "theta and psi are read in the wrong order", "exchanged", "theta first"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            out.append((theta ** 2 + psi ** 2).sqrt())
            new_psi = psi - step_size * (theta + penalty * psi)
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
        return torch.stack(out)
    """, "the distance is kept before the step: the start is in the list, the end is not", "start"),
    orbit("""
        theta, psi = start
        out = [start.norm()]
        for _ in range(steps):
            new_psi = psi - step_size * (theta + penalty * psi)
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "one number too many: the start is in the list", "start", "steps + 1", "one more"),
    orbit("""
        theta, psi = start
        for _ in range(steps):
            new_psi = psi - step_size * (theta + penalty * psi)
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
        return torch.hypot(theta, psi)
    """, "the last distance alone", "last", "shape", "each step"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * (theta + penalty * psi)
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
            out.append(theta ** 2 + psi ** 2)
        return torch.stack(out)
    """, "the squared distance", "squared", "root"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * (theta + penalty * psi)
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
            out.append(theta.abs())
        return torch.stack(out)
    """, "the distance of theta alone", "theta alone", "psi", "both"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * (theta + penalty * psi)
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
            out.append(torch.stack([theta, psi]))
        return torch.stack(out)
    """, "the points, not their distances", "points", "distance", "shape", "norm"),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * (theta + penalty * psi)
            theta = theta + step_size * (new_psi if alternate else psi)
            out.append((theta ** 2 + psi ** 2).sqrt())
        return torch.stack(out)
    """, "psi is never replaced: the judge stands still", "never replaced", "stands still", "judge does not move", "psi ="),
    orbit("""
        theta, psi = start
        out = []
        for _ in range(steps):
            new_psi = psi - step_size * (theta + penalty * psi)
            theta = theta + step_size * (new_psi if alternate else psi)
            psi = new_psi
            out.append(math.hypot(theta, psi))
        return out
    """, "a list of floats, not a tensor", "list", "tensor"),
    orbit("""
        for _ in range(steps):
            theta, psi = start
            start[1] = psi - step_size * (theta + penalty * psi)
            start[0] = theta + step_size * (start[1] if alternate else psi)
        return start.norm()
    """, "start is changed in place, its rows are views; one number comes back", "in place", "changes"),
]
