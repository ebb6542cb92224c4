"""Each lab, played by keyboard alone through an experiment, says what nnbook computes."""

import re

import numpy as np
from playing import in_page, page_of, plain, press, start
from playwright.sync_api import expect

from nnbook.diagnostics import activations_by_layer, dead_fraction, saturated_fraction
from nnbook.experiments.hyperparameters.plans import foretold
from nnbook.experiments.initialization.mean_field import expect as mean_field
from nnbook.experiments.optimizers.landscape import HESSIAN, METHODS, START, descend, quadratic
from nnbook.layers import Linear
from nnbook.losses import cross_entropy, mse
from nnbook.models import mlp
from nnbook.optimizers import SGD
from nnbook.preprocessing import PCA, Standardizer, Whitener
from nnbook.training import evaluate, loss_and_grads


def losses(text: str) -> dict[str, float]:
    """The losses that a read-out of the race names, by method."""
    text = plain(text)
    return {
        name: float(value)
        for name, value in re.findall(r"(\w+) (-?[\d.]+(?:e-?\d+)?)[,.]", text)
    }


def test_a_race_by_keyboard_ends_where_nnbook_ends(browser, origin):
    with page_of(browser) as page:
        place = start(page, origin, "optimizers")
        press(page, place, "Play")
        read_out = place.locator(".lab-spoken")
        expect(read_out).to_contain_text("After 50 steps", timeout=20000)
        found = losses(read_out.inner_text())
        rates = {"SGD": 1.8, "momentum": 1.8, "Adam": 0.9}
        for name, rate in rates.items():
            path = descend(METHODS[name](rate), lambda w: HESSIAN @ w, START, 50)
            end = quadratic(HESSIAN, path[-1])
            np.testing.assert_allclose(
                found[name.capitalize() if name != "SGD" else name], end, rtol=0.06
            )
        press(page, place, "Start again")
        expect(place.locator(".lab-readout")).to_contain_text("At the start")
        press(page, place, "One step", key="Space")
        expect(place.locator(".lab-readout")).to_contain_text("After 1 step,")
        assert page.troubles == []


def test_activations_by_keyboard_tell_what_nnbook_tells(browser, origin):
    z = np.linspace(-8, 8, 40001)
    weights = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    with page_of(browser) as page:
        place = start(page, origin, "activations", "?activations.first=tanh")
        for key in "ArrowRight", "End", "ArrowLeft", "Home":
            place.get_by_label("Their spread").focus()
            page.keyboard.press(key)
            spread = float(place.locator("output").nth(1).inner_text())
            press(page, place, "Read out")
            expect(place.locator(".lab-spoken")).to_contain_text("Tanh")
            said = place.locator(".lab-spoken").inner_text()
            found = re.search(
                r"Tanh: outputs of mean 0 and standard deviation ([\d.]+); ([\d.]+)%", said
            )
            out = np.tanh(spread * z)
            exact = np.sqrt((weights * out**2).sum())
            np.testing.assert_allclose(float(found[1]), exact, rtol=0.06)
            drawn = spread * np.random.default_rng(0).choice(z, 400_000, p=weights)
            saturated = saturated_fraction(drawn, "tanh")
            np.testing.assert_allclose(float(found[2]), 100 * saturated, rtol=0.06, atol=0.06)
        assert page.troubles == []


def test_initialization_by_keyboard_expects_what_nnbook_expects_and_then_learns(
    browser, origin
):
    with page_of(browser) as page:
        place = start(page, origin, "initialization", "?initialization.activation=tanh")
        place.get_by_label("Layers").focus()
        page.keyboard.press("ArrowRight")
        place.get_by_label("Gain").focus()
        page.keyboard.press("ArrowRight")
        gain = float(place.locator("output").nth(0).inner_text())
        press(page, place, "Read out")
        expect(place.locator(".lab-spoken")).to_contain_text("13 layers of 32 units, Tanh")
        fresh = place.locator(".lab-spoken").inner_text()
        said = plain(fresh)
        for name, sigma in ("He", 2**0.5), ("LeCun", 1):
            told = re.search(rf"{name}: .*?theory ([\d.e-]+)\).*?theory ([\d.e-]+)\)", said)
            wide = mean_field("tanh", gain * sigma, depth=13, batch=1)
            ratios = [wide.rms[-1] / wide.rms[0], wide.dz[0] / wide.dz[-1]]
            np.testing.assert_allclose([float(told[1]), float(told[2])], ratios, rtol=0.06)
        press(page, place, "Play")
        expect(place.locator(".lab-spoken")).to_contain_text("after 200 steps", timeout=30000)
        press(page, place, "Start again")
        press(page, place, "Read out")
        expect(place.locator(".lab-spoken")).to_have_text(fresh)
        assert page.troubles == []


def test_batch_norm_by_keyboard_is_as_right_as_in_nnbook(browser, origin):
    with page_of(browser) as page:
        place = start(page, origin, "batchnorm", "?batchnorm.steps=50")
        place.get_by_label("Test batch", exact=True).focus()
        page.keyboard.press("ArrowRight")
        press(page, place, "Play")
        expect(place.locator(".lab-spoken")).to_contain_text("After 50 steps", timeout=20000)
        told = re.findall(r"([\d.]+)%", place.locator(".lab-spoken").inner_text())
        drawn = in_page(
            page,
            ["batchnorm", "kit/settings", "norming", "points", "engine/random"],
            """
            const start = labs.starts(labs.settings);
            const sets = labs.examples({ data: "spiral", noise: 0.2, seed: start.seed });
            const rng = new labs.Generator(start.seed + 1);
            const batches = [];
            while (batches.length < 50) batches.push(...labs.parts(sets[0], start.batch, "mixed", rng));
            const tests = labs.parts(sets[1], 5, "mixed", new labs.Generator(start.seed + 2));
            const rows = (list) => [...list].map((batch) => [...batch]);
            const plain = ({ x, labels }) => ({ x: [...x], labels: [...labels] });
            const params = Object.entries(labs.create(start).net.params).map(([name, p]) => [name, [...p]]);
            return { sets: sets.map(plain), batches: rows(batches), tests: rows(tests),
                params: Object.fromEntries(params), rate: start.rate };
            """,
        )
        (x, labels), (fresh, answers) = (
            (np.reshape(part["x"], (-1, 2)), np.array(part["labels"])) for part in drawn["sets"]
        )
        net = mlp((2, 16, 16, 3), norm="batch", rng=np.random.default_rng(0))
        for name, values in drawn["params"].items():
            net.params[name][...] = np.reshape(values, net.params[name].shape)
        descent = SGD(drawn["rate"], 0.9)
        for rows in drawn["batches"][:50]:
            descent.step(
                net.params, loss_and_grads(net, cross_entropy, x[rows], labels[rows])[1]
            )
        running = evaluate(net, fresh, answers)
        scores = [
            (net(fresh[rows], training=True)[0], answers[rows]) for rows in drawn["tests"]
        ]
        alone = sum((s.argmax(axis=1) == y).sum() for s, y in scores) / len(answers)
        together = (net(fresh, training=True)[0].argmax(axis=1) == answers).mean()
        expected = [100 * running, 100 * alone, 100 * together]
        np.testing.assert_allclose([float(share) for share in told], expected, atol=0.06)
        assert page.troubles == []


def test_as_many_units_die_by_keyboard_as_in_nnbook(browser, origin):
    with page_of(browser) as page:
        place = start(page, origin, "dead-relu", "?dead-relu.steps=60")
        place.get_by_label("Learning rate").focus()
        for _ in range(15):
            page.keyboard.press("ArrowRight")
        rate = float(place.locator("output").first.inner_text())
        press(page, place, "Play")
        expect(place.locator(".lab-spoken")).to_contain_text("After 60 steps", timeout=20000)
        told = re.findall(r"(\d+) of 16", place.locator(".lab-spoken").inner_text())
        drawn = in_page(
            page,
            ["dead-relu", "kit/settings", "dying", "engine/training", "engine/random"],
            """
            const start = labs.starts(labs.settings);
            const own = labs.create(start);
            const { x, labels, n } = own.state().data;
            const rng = new labs.Generator(start.seed + 1);
            const batches = [];
            while (batches.length < 60)
                for (const batch of labs.minibatches(n, 20, rng)) batches.push([...batch]);
            const params = Object.entries(own.net.params).map(([name, p]) => [name, [...p]]);
            return { x: [...x], labels: [...labels], batches, params: Object.fromEntries(params) };
            """,
        )
        x, labels = np.reshape(drawn["x"], (-1, 2)), np.array(drawn["labels"])
        net = mlp((2, 16, 16, 2), rng=np.random.default_rng(0))
        for name, values in drawn["params"].items():
            net.params[name][...] = np.reshape(values, net.params[name].shape)
        for rows in drawn["batches"][:60]:
            _, grads = loss_and_grads(net, cross_entropy, x[rows], labels[rows])
            SGD(rate).step(net.params, grads)
        outputs = activations_by_layer(net, x)
        dead = [round(16 * dead_fraction(outputs[layer])) for layer in (1, 3)]
        assert [int(count) for count in told] == dead
        assert sum(dead) > 2
        assert page.troubles == []


def test_searches_by_keyboard_leave_what_nnbook_foretells(browser, origin):
    with page_of(browser) as page:
        place = start(page, origin, "search", "?search.searches=1000")
        for key, function in ("Home", "ridge"), ("End", "bump"):
            place.get_by_label("Second matters").focus()
            page.keyboard.press(key)
            press(page, place, "Play")
            expect(place.locator(".lab-readout")).to_contain_text("In 1000", timeout=30000)
            told = re.search(
                r"average, ([\d.e-]+) with the first and ([\d.e-]+) with",
                plain(place.locator(".lab-readout").inner_text()),
            )
            expected = [foretold(plan, function, 9) for plan in ("grid", "random")]
            np.testing.assert_allclose([float(told[1]), float(told[2])], expected, rtol=0.2)
        assert page.troubles == []


def test_the_zigzag_by_keyboard_is_as_long_as_with_nnbook(browser, origin):
    with page_of(browser) as page:
        place = start(page, origin, "zigzag", "?zigzag.steps=40")
        place.get_by_label("Batch").focus()
        page.keyboard.press("ArrowRight")
        press(page, place, "Play")
        expect(place.locator(".lab-spoken")).to_contain_text("After 40 steps", timeout=20000)
        told = re.search(
            r"distance of ([\d.e-]+)\. The path was ([\d.]+) times",
            plain(place.locator(".lab-spoken").inner_text()),
        )
        rate, inputs = in_page(
            page,
            ["zigzag", "kit/settings", "detour"],
            """
            const run = new labs.Detour(labs.starts(labs.settings));
            return [run.rate, Array.from({ length: 80 }, () => run.inputs())];
            """,
        )
        x = np.array(inputs).reshape(40, 2, 2)
        unit, target, path = Linear(2, 1, rng=np.random.default_rng(0)), np.array([1, -1]), []
        unit.params["weight"][:] = 0
        weights = {"weight": unit.params["weight"]}
        for batch in x:
            path.append(weights["weight"].ravel().copy())
            y, backward = unit(batch)
            _, dy = mse(y, (batch @ target)[:, None])
            grads = {"weight": backward(dy)[1]["weight"]}
            SGD(rate / 2).step(weights, grads)  # half the squared error
        path = np.array([*path, weights["weight"].ravel()])
        length = np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
        expected = [np.linalg.norm(path[-1] - target), length / np.linalg.norm(path[-1])]
        np.testing.assert_allclose([float(told[1]), float(told[2])], expected, rtol=0.06)
        assert page.troubles == []


def test_whitening_by_keyboard_tells_what_nnbook_tells(browser, origin):
    # Four points with the moments that the lab's cloud has exactly.
    corners = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]], dtype=float)
    with page_of(browser) as page:
        place = start(page, origin, "whitening")
        place.get_by_label("Mean, second").focus()
        page.keyboard.press("ArrowRight")
        mean = float(place.locator("output").nth(1).inner_text())
        x = corners @ np.array([[2, 0.8], [0, 0.6]]) + [2, mean]
        arms = {
            "raw": x,
            "scaled": Standardizer().fit(x).apply(x),
            "decorrelated": PCA().fit(x).apply(x),
            "whitened": Whitener(epsilon=0).fit(x).apply(x),
        }
        for name, points in arms.items():
            place.get_by_label("The data").select_option(name)
            press(page, place, "Play")
            expect(place.locator(".lab-readout")).to_contain_text(
                "After 60 steps", timeout=20000
            )
            told = re.search(
                r"condition number ([\d.e-]+)\. After 60 steps ([\d.e-]+) of the excess",
                plain(place.locator(".lab-readout").inner_text()),
            )
            hessian = points.T @ points / 4
            values = np.linalg.eigvalsh(hessian)
            np.testing.assert_allclose(float(told[1]), values[1] / values[0], rtol=0.06)
            path = descend(SGD(1 / values[1]), hessian.__matmul__, [-2, 1.5], 60)
            left = quadratic(hessian, path[-1]) / quadratic(hessian, path[0])
            np.testing.assert_allclose(float(told[2]), left, rtol=0.06, atol=1e-9)
        assert page.troubles == []


# The examples, the weights and the batches that a net of the playground starts with.
DRAWN = """
    const start = labs.starts(labs.settings);
    const [training, fresh] = labs.examples(start);
    const own = new labs.Net(labs.settings_of(argument, start), training, fresh);
    const rng = new labs.Generator(start.seed + 1);
    const batches = [];
    while (batches.length < 100)
        for (const batch of labs.minibatches(training.n, start[`${argument}_batch`], rng))
            batches.push([...batch]);
    const plain = ({ x, labels }) => ({ x: [...x], labels: [...labels] });
    const params = Object.entries(own.net.params).map(([name, p]) => [name, [...p]]);
    return { training: plain(training), fresh: plain(fresh), batches,
        params: Object.fromEntries(params) };
"""
MODULES = [
    "playground",
    "kit/settings",
    "training",
    "points",
    "engine/training",
    "engine/random",
]


def trained(drawn: dict, norm: str | None, optimizer: SGD) -> tuple[float, float]:
    """The loss on the examples and the accuracy on new ones, in percent, after 100 steps of nnbook."""
    net = mlp((2, 16, 16, 16, 3), norm=norm, rng=np.random.default_rng(0))
    for name, values in drawn["params"].items():
        net.params[name][...] = np.reshape(values, net.params[name].shape)
    sets = {name: drawn[name] for name in ("training", "fresh")}
    x, labels = np.reshape(sets["training"]["x"], (-1, 2)), np.array(sets["training"]["labels"])
    for rows in drawn["batches"][:100]:
        _, grads = loss_and_grads(net, cross_entropy, x[rows], labels[rows])
        optimizer.step(net.params, grads)
    loss, _ = cross_entropy(net(x)[0], labels)
    fresh = np.reshape(sets["fresh"]["x"], (-1, 2))
    return loss, 100 * evaluate(net, fresh, np.array(sets["fresh"]["labels"]))


def test_the_playground_by_keyboard_learns_what_nnbook_learns(browser, origin):
    with page_of(browser) as page:
        place = start(page, origin, "playground", "?playground.steps=100")
        place.get_by_role("group", name="Net B").get_by_label("Optimizer").focus()
        page.keyboard.press("ArrowDown")
        assert "playground.b_optimizer=momentum" in page.url
        press(page, place, "Play")
        expect(place.locator(".lab-spoken")).to_contain_text("after 100 steps", timeout=20000)
        said = plain(place.locator(".lab-spoken").inner_text())
        nets = {"A": (None, SGD(0.1)), "B": ("batch", SGD(0.1, 0.9))}
        for name, (norm, optimizer) in nets.items():
            told = re.search(rf"Net {name}: loss ([\d.e-]+) .*?which ([\d.]+)% are right", said)
            loss, right = trained(in_page(page, MODULES, DRAWN, name.lower()), norm, optimizer)
            np.testing.assert_allclose(float(told[1]), loss, rtol=0.06)
            np.testing.assert_allclose(float(told[2]), right, atol=0.06)
        press(page, place, "Like net A")
        assert "b_norm=none" in page.url
        assert "b_optimizer" not in page.url
        assert page.troubles == []
