"""Figures: the numbers that come in are the ones drawn; every picture is small, has words, and can be read."""
import ast
import io
import re
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from gensq_lib import plots
from gensq_lib.maths.stats import Estimate, Share
from gensq_lib.plots import showing, style

RNG = np.random.default_rng(0)
ALT = "A test figure with a few bars and lines."
LEDGER = {"labels": ["exact NLL", "invalid mass", "wrong weights", "NLL (IWAE)", "approximate family", "amortisation", "-ELBO"],
          "values": [Estimate(nats, error, 400) for nats, error in zip(
              [17.27, 0.05, 0.14, 17.46, 0.18, 0.23, 17.87], [0.07, 0.01, 0.02, 0.07, 0.02, 0.02, 0.08])],
          "kinds": ["total", "step", "step", "total", "step", "step", "total"]}
STEPS = np.arange(4000)
FIGURES = {
    "waterfall": lambda: plots.waterfall(**LEDGER, gaps=("model gap", "inference gap"), parts={"distortion": 11.47, "rate": 6.4}),
    "waterfall down": lambda: plots.waterfall(["LM NLL", "model gap", "NLL"], [31.2, -0.4, 30.8]),
    "waterfall from 0": lambda: plots.waterfall(["a", "b", "c"], [1.0, 2.0, 3.0]),
    "learning curves": lambda: plots.learning_curves(
        STEPS, {"−ELBO": 18 + RNG.normal(size=4000), "rate (KL)": 6 + RNG.normal(size=4000)}, references={"exact NLL": 17.3}),
    "few steps": lambda: plots.learning_curves([0, 1, 2], {"KL": [1.0, float("nan"), 2.0]}),
    "kl": lambda: plots.kl_per_dimension(RNG.gamma(1.0, size=64)),
    "gain": lambda: plots.gain_bars(range(1, 17), RNG.normal(size=16), errors=np.full(16, 0.1)),
    "gain with a gap": lambda: plots.gain_bars([1, 2, 3], [0.5, float("nan"), -0.1]),
    "bound": lambda: plots.bound_vs_samples([1, 10, 100], [17.9, 17.6, 17.5], [0.03, 0.03, 0.03], truth=17.3),
    "curves over": lambda: plots.curves_over([0.5, 1, 2], {"a": [1, 2, 3], "b": [3, 2, 1]}, errors={"a": [0.1] * 3},
                                            xlabel="share", ylabel="nats", references={"truth": 1.5}, log="xy"),
    "rate and distortion": lambda: plots.rate_distortion([0, 5, 10], [30, 20, 18], ["β 4", "β 1", "β 0.5"]),
    "rank and frequency": lambda: plots.rank_frequency({"grammar": [400, 300, 200, 100], "text": 1000 // np.arange(1, 900)}),
    "validity": lambda: plots.validity_over_temperature(
        [0.8, 1.0], {"text VAE": [Share(98, 100), Share(95, 100)], "LM": [Share(99, 100), Share(100, 100)]}),
    "densities": lambda: plots.densities(np.linspace(-3, 3, 99), {"q": RNG.random(99), "p": RNG.random(99)}, title="KL 0.8 nats",
                                         integrands={"q log(q/p)": RNG.normal(size=99), "p log(p/q)": RNG.normal(size=99)}),
    "elbo and gap": lambda: plots.elbo_and_gap(["a", "b", "c"], [0.2, 0.3, 0.5], [0.7, 0.3, 0.0], elbo=-8.5, log_p=-7.1),
    "elbo far below": lambda: plots.elbo_and_gap(["a", "b"], [0, 1], [1, 0], elbo=-80.0, log_p=-7.1),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_every_figure_is_small_and_readable(draw):
    axes = draw()
    data = plots.png(axes)
    assert len(data) < showing.MAX_BYTES
    red, green, blue = Image.open(io.BytesIO(data)).convert("RGB").getpixel((0, 0))
    assert min(red, green, blue) > 240, "the card must be opaque and light"
    texts = [text for text in axes.figure.findobj(Text) if text.get_text().strip()]
    assert min(text.get_fontsize() for text in texts) >= 9
    assert all(ord(char) < 0x2E80 for text in texts for char in text.get_text()), "no Chinese in figures"
    for panel in axes.figure.axes:
        assert panel.get_xlabel() or panel.get_ylabel()


def test_a_crowded_picture_is_drawn_with_fewer_dots():
    axes = plots.learning_curves(range(1_599), {"-ELBO": 40 + 9 * RNG.normal(size=1_599), "rate (KL)": RNG.normal(size=1_599)})
    axes.scatter(1_599 * RNG.random(4_000), 40 * RNG.random(4_000), s=3, c=RNG.random(4_000))
    assert len(showing._png(axes.figure, showing.DOTS[0])) >= showing.MAX_BYTES > len(plots.png(axes))


def test_axes_name_their_units():
    units = ("nats", "share", "step", "samples", "temperature")
    for draw in FIGURES.values():
        axes = draw()
        assert any(unit in axes.get_ylabel() for unit in units)


def test_style_leaves_the_readers_settings_alone():
    before = dict(matplotlib.rcParams)
    for draw in FIGURES.values():
        draw()
    assert dict(matplotlib.rcParams) == before


def test_waterfall_bars_float_from_total_to_total():
    axes = plots.waterfall(**LEDGER)
    bars = axes.patches[::1]
    spans = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in bars if hasattr(bar, "get_height")]
    assert spans[0] == (0, 17.27) and spans[3] == (0, 17.46)
    np.testing.assert_allclose(spans[1], (17.27, 17.32))
    np.testing.assert_allclose(spans[2], (17.32, 17.46))
    np.testing.assert_allclose(spans[5][1], 17.87)
    texts = [text.get_text() for text in axes.texts]
    assert "+0.14\n± 0.02" in texts and "17.46\n± 0.07" in texts


def test_waterfall_says_that_it_is_cropped_only_when_it_is():
    assert "torn" in plots.waterfall(**LEDGER).get_title(loc="right")
    whole = plots.waterfall(["a", "b", "c"], [1.0, 2.0, 3.0])
    assert whole.get_ylim()[0] == 0 and not whole.get_title(loc="right")


def test_waterfall_gaps_are_differences_of_totals():
    texts = [text.get_text() for text in plots.waterfall(**LEDGER, gaps=("model gap", "inference gap")).texts]
    assert "model gap +0.19" in texts and "inference gap +0.41" in texts


def test_kl_is_sorted_and_counted():
    axes = plots.kl_per_dimension([0.05, 0.8, 0.3])
    assert [bar.get_height() for bar in axes.patches] == [0.8, 0.3, 0.05]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "2", "0"]
    assert "2 of 3 dimensions above 0.1 nat" in axes.get_title(loc="left")


def test_a_run_of_one_step_is_drawn_without_a_warning(recwarn):
    axes = plots.learning_curves([0], {"KL": [1.0]})
    assert axes.get_xlim() == (0, 1) and not recwarn.list


def test_learning_curve_names_do_not_touch():
    axes = plots.learning_curves(STEPS, {"a": np.full(4000, 5.0), "b": np.full(4000, 5.0), "c": np.full(4000, 9.0)})
    low, high = axes.get_ylim()
    heights = sorted(text.xy[1] for text in axes.texts)
    assert min(np.diff(heights)) > 0.04 * (high - low)


def test_running_mean_keeps_a_constant_and_forgives_nan():
    from gensq_lib.plots.curves import running_mean
    values = np.full(500, 3.0)
    values[10] = np.nan
    np.testing.assert_allclose(running_mean(values), 3.0)


@pytest.mark.parametrize("alt", ["", "   ", "Figure 1", "plot of the KL"])
def test_alt_text_must_say_something(alt):
    with pytest.raises(ValueError, match="alt text of 20 characters"):
        plots.show(plots.new_axes(), alt=alt)
    with pytest.raises(TypeError):
        plots.show(plots.new_axes())


def test_show_carries_the_alt_text_everywhere(monkeypatch):
    shown = {}
    monkeypatch.setattr(showing, "get_ipython", lambda: object())
    monkeypatch.setattr(showing, "display", lambda data, metadata, raw: shown.update(data=data, metadata=metadata))
    plots.show(FIGURES["kl"](), alt='Bars; "all" dimensions > 0.1 nat & <more>.')
    assert 'alt="Bars; &quot;all&quot; dimensions &gt; 0.1 nat &amp; &lt;more&gt;."' in shown["data"]["text/html"]
    assert shown["metadata"]["image/png"]["alt"].startswith("Bars;")
    assert shown["data"]["text/plain"].startswith("Figure: Bars")


def test_show_without_a_notebook_prints_the_words(capsys):
    plots.show(FIGURES["gain"](), alt=ALT)
    assert capsys.readouterr().out == f"Figure: {ALT}\n"


def test_colours_can_be_told_apart_on_the_card():
    """At least 3:1 against the card for the four that lines take first (the rest are for areas)."""
    def luminance(colour):
        rgb = np.array(matplotlib.colors.to_rgb(colour))
        return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]
    card = luminance(style.CARD)
    contrasts = {name: (card + 0.05) / (luminance(colour) + 0.05) for name, colour in list(plots.COLOURS.items())[:4]}
    assert min(contrasts.values()) >= 3, contrasts


def test_histograms_share_an_axis_and_mark_the_truth():
    figure = plots.histograms({"a": RNG.normal(size=500), "b": 9 * RNG.normal(size=500)}, truth=0.5, xlabel="estimate")
    first, second = figure.axes
    assert first.get_xlim() == second.get_xlim() and "the truth, 0.5" in second.get_xlabel()
    for axes in figure.axes:
        assert sum(bar.get_height() for bar in axes.patches) == 500 and axes.lines[0].get_xdata()[0] == 0.5
    assert len(plots.png(figure)) < showing.MAX_BYTES


def test_picture_grid_has_every_picture_once_and_ink_is_black():
    pictures = np.zeros((3, 2, 2))
    pictures[1] = 1.0
    sheet = plots.picture_grid(pictures, columns=2).images[0].get_array()
    assert sheet.shape == (5, 5) and (sheet[:2, 3:] == 0).all() and (sheet == 0).sum() == 4


def test_elbo_and_gap_end_at_log_p():
    """Whatever q is, the top of the stacked bar stays; far below, the bar is cropped but the number is not."""
    for elbo in (-7.1, -8.5, -80.0):
        panel = plots.elbo_and_gap(["a", "b"], [0.5, 0.5], [0.9, 0.1], elbo=elbo, log_p=-7.1).figure.axes[1]
        bottom, top = panel.patches
        assert top.get_y() + top.get_height() == pytest.approx(-7.1)
        assert bottom.get_y() + bottom.get_height() == pytest.approx(max(elbo, -10.1))
        assert f"ELBO {elbo:.2f}" in [text.get_text() for text in panel.texts]


def test_equal_curves_can_both_be_seen():
    axes = plots.curves_over([1, 2], {"a": [1, 2], "b": [1, 2]}, xlabel="step", ylabel="nats")
    widths = [container[0].get_linewidth() for container in axes.containers]
    assert widths[0] > widths[1] + 0.5


def test_posterior_means_draws_a_panel_for_each_moment():
    clouds = {f"step {i}": (RNG.normal(size=99), 0.1 * RNG.normal(size=99)) for i in (0, 20, 60, 199)}
    figure = plots.posterior_means(clouds, title="A lagging encoder")
    assert [axes.get_title(loc="left") for axes in figure.axes] == list(clouds)
    drawn = figure.axes[1].collections[0].get_offsets()
    np.testing.assert_allclose(drawn, np.stack(clouds["step 20"], -1))
    assert len({axes.get_xlim() for axes in figure.axes}) == 1, "all panels have the same scale"
    assert len(plots.png(figure)) < showing.MAX_BYTES
    assert min(text.get_fontsize() for text in figure.findobj(Text) if text.get_text().strip()) >= 9


def test_posterior_means_of_nothing_but_zeros():
    assert plots.posterior_means({"step 5": (np.zeros(9), np.zeros(9))}).axes[0].get_xlim() == (-1, 1)


def test_scatter_maps_draw_every_point_in_its_group():
    places = np.arange(12.0).reshape(6, 2)
    figure = plots.scatter_maps({"PCA": places, "t-SNE": -places}, ["b", "a", "b", "a", "c", "b"], title="Two maps")
    assert [axes.get_title("left") for axes in figure.axes] == ["PCA", "t-SNE"]
    drawn = {dots.get_label(): dots.get_offsets() for dots in figure.axes[1].collections}
    assert list(drawn) == ["a", "b", "c"] and np.array_equal(drawn["a"], -places[[1, 3]]) and len(drawn["b"]) == 3
    assert len(plots.png(figure)) < showing.MAX_BYTES


def test_an_information_table_writes_every_number_and_its_unit():
    axes = plots.information_table([[0.5, -0.004], [0.0, 1.25]], ["topic", "tense"], ["0", "3"], title="What z knows")
    assert [text.get_text() for text in axes.texts] == ["0.50", "0.00", "0.00", "1.25"] and "nats" in axes.get_xlabel()
    assert axes.texts[3].get_color() == "white" and axes.texts[0].get_color() != "white", "readable on its shade"
    assert min(text.get_fontsize() for text in axes.figure.findobj(Text) if text.get_text()) >= 9


def sizes_by_text(drawn):
    """The size of every text that is there, by what it says."""
    texts = showing.figure_of(drawn).findobj(Text)
    return {text.get_text(): text.get_fontsize() for text in texts if text.get_text().strip()}


@pytest.mark.parametrize("draw", [
    lambda: plots.waterfall(**LEDGER), lambda: plots.kl_per_dimension([0.05, 0.8], title="a title"), FIGURES["elbo and gap"],
    lambda: plots.posterior_means({"step 5": (STEPS, STEPS)}, title="a title"), FIGURES["curves over"],
    lambda: plots.information_table([[0.5, 1.0]], ["topic"], ["0", "3"]),
    lambda: plots.clouds({"step 5": RNG.normal(size=(9, 2))}, centres=[[1, 0]], radius=0.1, title="a title")])
def test_one_number_moves_every_text(draw, monkeypatch):
    """Ticks, labels, legends, titles, annotations and the numbers in fields."""
    before = sizes_by_text(draw())
    monkeypatch.setitem(style.STYLE, "font.size", 2 * style.STYLE["font.size"])
    after = sizes_by_text(draw())
    said = before.keys() & after.keys()  # ticks may fall elsewhere
    assert len(said) >= 2 and {text for text in said if after[text] != pytest.approx(2 * before[text])} == set()


ROOT = Path(style.__file__).parents[2]
OWN_LOOK = re.compile(r"""#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?\b(?!;)|(?:font|label|title)_?size["']?\s*[=:]\s*[\d.]+(?!\w)""")


def test_colours_and_sizes_stand_in_the_style_only():
    files = [path for path in ROOT.glob("gensq_*/**/*") if path.suffix in (".py", ".js")
             and path.name not in ("style.py", "minisearch.js")]  # the second is not ours
    assert len(files) > 100
    assert [(path.name, found) for path in files for found in OWN_LOOK.findall(path.read_text())] == []


@pytest.mark.parametrize("own", ["color='#0072B2'", "background:#fff", "fontsize=9", 'fontsize = 9.5', "tick_params(labelsize=8)",
                                 '{"axes.labelsize": 10}'])
def test_a_look_of_its_own_is_found(own):
    assert OWN_LOOK.search(own)


AXES_OF_ITS_OWN = {"plots.new_axes", "new_axes", "Figure"}


def unstyled(tree: ast.Module) -> list[str]:
    """Functions that make axes outside of the style: their titles and labels would have the look of matplotlib."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
                 and not any(ast.unparse(each).endswith("styled") for each in node.decorator_list)]
    return [node.name for node in functions
            if AXES_OF_ITS_OWN & {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}]


def test_every_figure_of_the_course_has_the_style():
    files = sorted((ROOT / "gensq_course").rglob("*.py"))
    assert [(path.name, name) for path in files for name in unstyled(ast.parse(path.read_text(encoding="utf-8")))] == []
    assert unstyled(ast.parse("def own():\n    return plots.new_axes()")) == ["own"]


def boxes(axes, *texts: str):
    """Where these texts stand, in pixels."""
    axes.figure.draw_without_rendering()
    drawn = {text.get_text(): text.get_window_extent() for text in axes.figure.findobj(Text) if text.get_text().strip()}
    return [drawn[text] for text in texts], drawn


@pytest.mark.parametrize("values", [[17.5, 12.1, 11.4], [11.0, 11.2, 14.0], [3.0, 5.0, 9.0]])
def test_the_name_of_a_reference_lies_above_the_axis(values):
    axes = plots.curves_over([1, 2, 3], {"plain": values}, xlabel="x", ylabel="nats", references={"exact NLL": 11.0})
    (name,), drawn = boxes(axes, "exact NLL 11")
    assert name.y0 >= axes.get_window_extent().y0 and not any(name.overlaps(box) for said, box in drawn.items() if said.isdigit())


def test_names_of_curves_lie_below_the_axes():
    axes = plots.curves_over([1, 2], {f"a long name of curve {i}": [i, 2] for i in range(5)}, xlabel="x", ylabel="y")
    names, _ = boxes(axes, *(f"a long name of curve {i}" for i in range(5)))
    assert all(name.y1 < axes.get_window_extent().y0 for name in names)
    assert all(0 <= name.x0 and name.x1 <= axes.figure.bbox.width for name in names)


def test_the_name_of_a_short_part_stands_beside_it():
    axes = plots.waterfall(["LM NLL", "gap", "-ELBO"], [18.24, 0.08, 18.32], parts={"distortion": 18.23, "rate": 0.09})
    (first, short), _ = boxes(axes, "distortion 18.23", "rate 0.09")
    assert first.x1 < axes.get_window_extent().x1 < short.x0 and short.x1 <= axes.figure.bbox.width


def beside(points):
    """The boxes of names beside points, and of the figure."""
    axes = plots.frontier({name: ([x], [y]) for name, (x, y) in points.items()}, xlabel="x", ylabel="y")
    axes.get_legend().remove()
    plots.names_beside(axes, points)
    names, _ = boxes(axes, *points)
    return names, [axes.transData.transform(point) for point in points.values()], axes.figure.bbox


def test_names_beside_points_lie_on_no_name_and_on_no_point():
    """Two points in one place, a name that would lie on the next point, one at the right edge."""
    names, marks, figure = beside({"plain, one": (0.0, 0.0), "plain, two": (0.0, 0.0), "near": (0.1, 0.01),
                                   "at the very edge": (1.0, 0.5)})
    assert not any(box.overlaps(other) for i, box in enumerate(names) for other in names[:i])
    assert not any(box.contains(*mark) for box in names for mark in marks)
    assert all(figure.contains(*box.min) and figure.contains(*box.max) for box in names)


def test_where_there_is_no_room_left_a_name_is_still_written():
    names, _, _ = beside({f"one of very many names {i}": (0.0, 0.0) for i in range(8)} | {"b" * 200: (1.0, 1.0)})
    assert len(names) == 9


def test_numbers_on_logarithmic_axes_are_plain():
    axes = plots.curves_over([500, 50_000], {"a": [0.15, 7.0]}, xlabel="x", ylabel="nats", log="xy")
    axes.figure.draw_without_rendering()
    low, high = axes.get_ylim()
    seen = [text.get_text() for place, text in zip(axes.get_yticks(), axes.get_yticklabels()) if low <= place <= high]
    assert seen == ["0.2", "0.5", "1", "2", "5"] and [text.get_text() for text in axes.get_xticklabels()] == ["500", "50,000"]
    assert not any(text.get_text() for text in axes.get_yticklabels(minor=True))
