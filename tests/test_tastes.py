"""The world of tastes and clicks: exact posteriors and expectations, splits of users, a reader's own file."""
import math

import pytest
import torch

from gensq_lib.ground.errors import GensqError
from gensq_lib.vectors import clicks, tastes

WORLD = tastes.load()
SHARE = clicks.SHARE


def noise(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def many():
    return WORLD.sample(20_000, generator=noise())


@pytest.fixture(scope="module")
def split(many):
    return clicks.hold_out(many.clicks, generator=noise(1))


def test_the_world_is_what_its_file_says():
    assert len(WORLD.items) == len(WORLD.sections) == 96 and len(WORLD.kinds) == 8 and len(WORLD.profiles) == 8 + 28
    assert WORLD.prior.sum().item() == pytest.approx(1) and WORLD.prior[:8].sum().item() == pytest.approx(tastes.PURE)
    baker, bread = WORLD.kinds.index("baker"), WORLD.items.index("bread")
    assert WORLD.liking[baker, bread].item() == 0.7 and WORLD.seen[WORLD.items.index("cake")].item() == 0.95
    both = WORLD.profiles.index(("baker", "builder"))
    assert WORLD.liking[both, bread].item() == pytest.approx((0.7 + 0.06) / 2)


def test_clicks_come_as_often_as_the_world_says(many):
    expected = WORLD.prior @ WORLD.clicking
    error = (expected * (1 - expected) / len(many.clicks)).sqrt()
    assert ((many.clicks.double().mean(0) - expected).abs() < 5 * error).all()
    assert (many.clicks <= many.likes).all()


def test_the_posterior_is_that_of_a_sum_over_all_profiles(many):
    """By hand, for one neighbour: the product over all items, clicked or not."""
    given = many.clicks[:1]
    joint = [prior.item() * math.prod(p if x else 1 - p for x, p in zip(given[0].tolist(), (SHARE * row).tolist()))
             for prior, row in zip(WORLD.prior, WORLD.clicking)]
    assert WORLD.posterior(given, share=SHARE)[0].tolist() == pytest.approx([each / sum(joint) for each in joint])


def test_the_posterior_is_calibrated(many, split):
    """Of the profiles that it gives a probability of p, the share p is the true one."""
    found = WORLD.posterior(split.given, share=SHARE)
    true = torch.nn.functional.one_hot(many.profiles, len(WORLD.profiles)).bool()
    for low, high in ((0.05, 0.2), (0.2, 0.5), (0.5, 0.9)):
        some = (found > low) & (found < high)
        error = (found[some] * (1 - found[some])).sum().sqrt() / some.sum()
        assert abs(true[some].double().mean() - found[some].mean()) < 4.5 * error


@pytest.mark.parametrize("what", ["clicks", "likes"])
def test_expectations_are_those_of_the_draws(many, split, what):
    """Where an item was not given: is it held out, is it liked?"""
    expected = getattr(WORLD, f"expected_{what}")(split.given, share=SHARE)
    drawn = split.held_out if what == "clicks" else many.likes
    for low, high in ((0.01, 0.05), (0.05, 0.1), (0.1, 0.25), (0.25, 0.5)):
        some = (split.given == 0) & (expected > low) & (expected <= high)
        error = (expected[some] * (1 - expected[some])).sum().sqrt() / some.sum()
        assert abs(drawn[some].double().mean() - expected[some].mean()) < 4.5 * error


def test_a_profile_of_two_kinds_is_half_of_each():
    each = torch.eye(len(WORLD.profiles), dtype=torch.double)
    found = WORLD.kinds_of(each)
    assert (found.sum(-1) == 1).all() and found[WORLD.profiles.index(("baker", "builder")), :2].tolist() == [0.5, 0.5]


def test_things_have_names():
    assert WORLD.named(["bread", "chess"]).sum().item() == 2
    with pytest.raises(GensqError, match='did you mean "bread"'):
        WORLD.named(["braed"])


@pytest.mark.parametrize("old, new, words", [
    ("loves = \"cake;", "loves = \"caek;", 'got "caek"; did you mean "cake"'),
    ("loved = 0.70", "loved = 1.70", "between 0 and 1"),
    ("share = 20", "", "a line 'share'"), ("[seen] ", "[saw] ", "no seen"), ("Anna; Tom", "Tom; Tom", "each thing once"),
    ("[liking]", "[liking", "mend this line")])
def test_a_wrong_world_is_refused_in_a_sentence(tmp_path, old, new, words):
    text = (tastes.DATA / "tastes.toml").read_text("utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(GensqError, match=words):
        tastes.load(path)


# Splits

def test_users_are_split_and_nobody_is_drawn_twice():
    data, again, other = (clicks.load(seed=seed) for seed in (0, 0, 1))
    assert torch.equal(data.train, again.train) and not torch.equal(data.train, other.train)
    assert [len(part) for part in (data.train, data.valid, data.test)] == [1_000, 500, 1_000]
    for part in (data.valid, data.test):
        assert ((part.given + part.held_out) <= 1).all()
    assert torch.equal(data.test.given + data.test.held_out, data.tested.clicks)
    assert len(clicks.load(num_train=50).train) == 50


def own(tmp_path, text):
    path = tmp_path / "mine.tsv"
    path.write_bytes(text.encode("utf-8"))
    return f"file:{path}"


def people(num=60, items=8):
    return "".join(f"user {u}\titem {(u + 3 * i) % items}\n" for u in range(num) for i in range(2 + u % 3))


def test_a_readers_own_clicks(tmp_path):
    data = clicks.load(own(tmp_path, people()))
    assert data.world is None and data.notes == () and len(data.items) == 8
    parts = len(data.train), len(data.valid), len(data.test)
    assert sum(parts) == 60 and min(parts) >= 10 and data.train.sum(1).min() >= 2
    assert set(data.items) == {f"item {i}" for i in range(8)}


def test_what_is_odd_in_a_file_is_counted(tmp_path):
    text = people() + "user 0\titem 0\n\n  \nuser 0\titem 0\r\nlonely\titem 1\nl2\t  item 2  \n点赞\t书\n"
    data = clicks.load(own(tmp_path, text))
    assert data.notes == ("lines that say a click again, counted once: 2", "users with one item, kept for training alone: 3")
    assert sum(map(len, (data.train, data.valid, data.test))) == 63 and "书" in data.items
    for part in (data.valid, data.test):
        assert ((part.given + part.held_out).sum(1) >= 2).all()


@pytest.mark.parametrize("change", [
    lambda text: text * 3, lambda text: text + "user 0\tnobody else has it\n", lambda text: text.replace("item", "\U0001f370"),
    lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text])
def test_odd_files_of_the_same_clicks_are_read_alike(tmp_path, change):
    """Pairs again and again, a thing of one user alone, pictures for names, other ends of lines, a mark in front."""
    usual, odd = clicks.load(own(tmp_path, people())), clicks.load(own(tmp_path, change(people())))
    assert len(odd.items) - len(usual.items) == ("nobody else has it" in odd.items) and len(odd.train) == len(usual.train)
    clicked = [data.train.sum() + sum((part.given + part.held_out).sum() for part in (data.valid, data.test))
               for data in (odd, usual)]
    assert clicked[0] - clicked[1] == len(odd.items) - len(usual.items)


def test_a_hundred_thousand_lines_are_read(tmp_path):
    text = "".join(f"u{u}\tt{(7 * u + i * i) % 997}\n" for u in range(5_000) for i in range(20))
    data = clicks.load(own(tmp_path, text))
    assert len(data.items) > 900 and len(data.train) + len(data.valid) + len(data.test) == 5_000


@pytest.mark.parametrize("text, words", [
    ("one\ta\none\tb\none\tc\n", "40 users or more"), (people().replace("\t", "    "), "one tab between"),
    ("", "got none"), ("\n \n", "got none"), ("a b\n", "line 1"), (people() + "a\tb\tc\n", r"\(1 such lines\)"),
    (people() + "\titem\n", "two names with one tab"), ("u\ti\n" * 50, "40 users or more"),
    ("".join(f"u{i}\titem\n" for i in range(99)), "different items")])
def test_a_file_of_no_use_is_refused_in_a_sentence(tmp_path, text, words):
    with pytest.raises(GensqError, match=words):
        clicks.load(own(tmp_path, text))


@pytest.mark.parametrize("name, words", [
    ("taste", "did you mean"), ("file:", "file:PATH"), ("mine.tsv", "put file: before"),
    ("file:/nowhere/at/all", "can be read")])
def test_an_unknown_name_is_refused(name, words):
    with pytest.raises(GensqError, match=words):
        clicks.load(name)


def test_too_many_items_and_users_are_left_out_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(clicks, "MOST_ITEMS", 6)
    monkeypatch.setattr(clicks, "MOST_USERS", 75)
    data = clicks.load(own(tmp_path, people(num=90)))
    assert len(data.items) == 6 and sum(map(len, (data.train, data.valid, data.test))) == 75
    assert data.notes[:2] == ("items beyond the most frequent left out: 2", "users beyond those that were drawn left out: 12")


# Trap: a comment says items, the code filters users

FEW = [("a", "x"), ("a", "y"), ("b", "x"), ("c", "z"), ("a", "x")]


def filtered_by_users(pairs, *, users_of_an_item):
    """The wrong one: it counts a user's items where it says an item's users."""
    count = {user: sum(other == user for other, _ in set(pairs)) for user, _ in pairs}
    return [pair for pair in pairs if count[pair[0]] >= users_of_an_item]


def test_items_are_filtered_by_their_users_and_users_by_their_items():
    assert set(clicks.frequent(FEW, users_of_an_item=2)) == {("a", "x"), ("b", "x")}
    assert set(clicks.frequent(FEW, items_of_a_user=2)) == {("a", "x"), ("a", "y")}
    assert set(filtered_by_users(FEW, users_of_an_item=2)) != set(clicks.frequent(FEW, users_of_an_item=2))
