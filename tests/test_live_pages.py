"""The live pages compute what the course computes and do what a reader expects: in a real browser, from the folder of the built site."""

import base64
import csv
import itertools
import json
import statistics
import struct
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import numpy as np
import pytest

import serve
from autograder.drawing import normalised, shrunk
from autograder.mnist import load_mnist
from autograder.network_file import TENSORS, load_network, save_network, shipped_network
from browser import PHONE
from pens import STROKES, draw_with_mouse, paper

ROOT = Path(__file__).resolve().parents[1]

# JavaScript: the network in a file that is given in base64, and numbers as base64, which travels faster than a list of them.
NETWORK = "const network = layerByLayer.networkFrom(layerByLayer.bytes(file).buffer, 'n.safetensors');"
TEXT = "const text = ({buffer}) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(''));"


@pytest.fixture(scope="module")
def open_page(site, browser):
    """Open a live page as a reader does who has the site on disk; `context` are options of the browser's context."""
    opened = []

    def open_it(name: str, fragment: str = "", **context):
        opened.append(browser.new_context(**context))
        page = opened[-1].new_page()
        page.failures = []
        page.on("pageerror", lambda error: page.failures.append(str(error)))
        page.on("console", lambda message: message.type == "error" and page.failures.append(message.text))
        page.goto(f"{(site / 'live' / name).as_uri()}.html{fragment}")
        page.wait_for_function(READY[name])
        return page

    yield open_it
    for context in opened:
        context.close()


READY = {
    "network": "performance.getEntriesByName('first answer').length > 0",
    "convolution": "document.querySelectorAll('#hand-kernel input').length > 0",
    "table": "document.querySelector('.live-chart') !== null",
}


@pytest.fixture(scope="module")
def functions(open_page):
    """A page that has all functions of the network's page, for tests that call them."""
    return open_page("network")


@pytest.fixture(scope="module")
def digits():
    _, (images, labels) = load_mnist()
    return images, labels


def text_of(array) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


def array_of(text: str, dtype) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype)


def forward(page, file: bytes, images, layers: list[str]) -> dict[str, np.ndarray]:
    """What the page's network answers to images (n, 28, 28), layer by layer, float32 (n, …)."""
    program = f"""([file, images, layers]) => {{
        {NETWORK}
        {TEXT}
        const pixels = layerByLayer.bytes(images);
        const image = (_, i) => pixels.slice(784 * i, 784 * (i + 1));
        const results = Array.from({{length: pixels.length / 784}}, image).map((each) => layerByLayer.forward(network, each));
        return layers.map((layer) => results.map((result) => text(result[layer])));
    }}"""
    answers = page.evaluate(program, [text_of(np.frombuffer(file, np.uint8)), text_of(images), layers])
    return {layer: np.stack([array_of(row, np.float32) for row in rows]) for layer, rows in zip(layers, answers, strict=True)}


def keras_layers(model, pixels: str, images) -> dict[str, np.ndarray]:
    """What Keras answers, in the order in which the page keeps it: maps first."""
    from keras import Model

    fed = images[..., None].astype(np.float32) / (1 if pixels == "raw" else 255)
    answers = Model(model.inputs, [layer.output for layer in model.layers]).predict(fed, batch_size=500, verbose=0)
    conv, pool, _, hidden, _, probabilities = answers
    maps = [np.moveaxis(answer, 3, 1).reshape(len(images), -1) for answer in (conv, pool)]
    return {"conv": maps[0], "pool": maps[1], "hidden": hidden, "probabilities": probabilities}


def differences(page, file: bytes, model, images, pixels: str) -> dict[str, float]:
    expected = keras_layers(model, pixels, images)
    actual = forward(page, file, images, list(expected))
    return {layer: float(np.abs(actual[layer] - expected[layer]).max()) for layer in expected}


# --- the network ---


def test_every_layer_is_within_a_thousandth_of_keras(functions, digits):
    images = digits[0][:50]
    model, pixels = load_network()
    for layer, difference in differences(functions, shipped_network().read_bytes(), model, images, pixels).items():
        assert difference < 1e-3, layer


def test_a_weight_that_is_a_little_off_is_noticed(functions, digits):
    """The test above can fail: a hundredth more in one weight, and it would."""
    model, pixels = load_network()
    weights = model.get_weights()
    weights[0][1, 1, 0, 0] += 0.01
    model.set_weights(weights)
    found = differences(functions, shipped_network().read_bytes(), model, digits[0][:50], pixels)
    assert found["conv"] > 1e-3


def test_no_answer_to_a_thousand_digits_differs_from_keras(functions, digits):
    images = digits[0][:1000]
    model, pixels = load_network()
    actual = forward(functions, shipped_network().read_bytes(), images, ["probabilities"])["probabilities"]
    assert np.array_equal(actual.argmax(axis=1), keras_layers(model, pixels, images)["probabilities"].argmax(axis=1))


@pytest.fixture(scope="module")
def trained():
    """A network as Keras trained it, with float weights: the one that the solution of lesson 9 hands in. And the pixels that it wants."""
    import keras

    model = keras.models.load_model(ROOT / "solutions" / "09-training" / "model.keras", compile=False)
    _, (images, labels) = load_mnist()

    def accuracy(pixels):
        return (keras_layers(model, pixels, images[:500])["probabilities"].argmax(axis=1) == labels[:500]).mean()

    return model, max(("raw", "scaled"), key=accuracy)


@pytest.fixture(scope="module")
def exported(trained, tmp_path_factory):
    """The file that lesson 10 makes of it."""
    path = tmp_path_factory.mktemp("exported") / "my-network.safetensors"
    save_network(trained[0], path, trained[1])
    return path


def test_rounding_the_weights_to_whole_numbers_changes_none_of_a_thousand_answers(functions, trained, exported, digits):
    images = digits[0][:1000]
    model, pixels = trained
    actual = forward(functions, exported.read_bytes(), images, ["probabilities"])["probabilities"]
    assert np.array_equal(actual.argmax(axis=1), keras_layers(model, pixels, images)["probabilities"].argmax(axis=1))


@pytest.mark.parametrize("pixels", ["raw", "scaled"])
def test_a_network_is_fed_the_pixels_that_its_file_names(pixels, functions, digits, tmp_path):
    """A twin for the other pixels, as lesson 10 makes it, gives the same answers."""
    images = digits[0][:20]
    model, own = load_network()
    expected = keras_layers(model, own, images)["probabilities"]
    weights = model.get_weights()
    if pixels != own:
        weights[0] = weights[0] * (255 if pixels == "scaled" else 1 / 255)
    model.set_weights(weights)
    save_network(model, tmp_path / "twin", pixels)
    assert np.abs(forward(functions, (tmp_path / "twin").read_bytes(), images, ["probabilities"])["probabilities"] - expected).max() < 1e-3


def test_sums_that_are_shown_add_up_to_what_the_layers_answer(functions, digits):
    worst = functions.evaluate(
        f"""([file, image]) => {{
            {NETWORK}
            const result = layerByLayer.forward(network, layerByLayer.bytes(image));
            const off = [];
            const compare = (one, other) => off.push(Math.abs(one - other));
            const add = ({{terms, rest, bias}}) => terms.reduce((sum, {{product}}) => sum + product, rest + bias);
            for (let map = 0; map < 28; map++) {{
                const [row, column] = [(7 * map) % 26, (11 * map) % 26];
                const conv = layerByLayer.convolutionAt(network, result, {{map, row, column}});
                compare(conv.products.reduce((a, b) => a + b) + conv.bias, conv.sum);
                compare(conv.answer, result.conv[(map * 26 + row) * 26 + column]);
                const pool = layerByLayer.poolingAt(result, {{map, row: row >> 1, column: column >> 1}});
                compare(pool.answer, result.pool[(map * 13 + (row >> 1)) * 13 + (column >> 1)]);
                compare(pool.answer, pool.patch[pool.largest]);
            }}
            for (let unit = 0; unit < 128; unit++) {{
                const sum = layerByLayer.unitAt(network, result, unit, 8);
                compare(add(sum), sum.sum);
                compare(sum.answer, result.hidden[unit]);
                for (const {{map, row, column, input}} of sum.terms) compare(input, result.pool[(map * 13 + row) * 13 + column]);
            }}
            for (let digit = 0; digit < 10; digit++) {{
                const sum = layerByLayer.probabilityAt(network, result, digit, 8);
                compare(add(sum), result.scores[digit]);
                compare(sum.probability, result.probabilities[digit]);
            }}
            return [Math.max(...off), off.length];
        }}""",
        [text_of(np.frombuffer(shipped_network().read_bytes(), np.uint8)), text_of(digits[0][0])],
    )
    assert worst[1] > 28 * 4 + 128 * 2
    assert worst[0] < 1e-3


# --- drawing and preparing ---


def random_strokes(seed: int) -> list:
    """One to three strokes, none of which is symmetrical: the centre of mass would then be a tie between two pixels."""
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 280, (rng.integers(3, 7), 2)).tolist() for _ in range(rng.integers(1, 4))]


def test_drawings_are_prepared_as_lesson_10_does_it(functions):
    program = f"""(drawings) => {{
        {TEXT}
        return drawings.map((strokes) => {{
            const drawing = layerByLayer.drawn(strokes);
            return [drawing.pixels, layerByLayer.normalised(drawing).image, layerByLayer.shrunk(drawing)].map(text);
        }});
    }}"""
    for seed, answer in enumerate(functions.evaluate(program, [random_strokes(seed) for seed in range(40)])):
        drawing, *images = (array_of(text, np.uint8) for text in answer)
        for image, prepare in zip(images, (normalised, shrunk), strict=True):
            expected = prepare(drawing.reshape(280, 280)).astype(int)
            assert np.abs(image.reshape(28, 28) - expected).max() <= 1, f"{prepare.__name__}, seed {seed}"  # halves may go up or down


def test_digits_of_mnist_have_nothing_left_to_prepare(functions, digits):
    program = f"""(images) => {{
        {TEXT}
        return images.map((image) => text(layerByLayer.normalised({{pixels: layerByLayer.bytes(image), width: 28, height: 28}}).image));
    }}"""
    images = [text_of(image) for image in digits[0][:500]]
    assert functions.evaluate(program, images) == images


def test_ink_is_as_dark_as_the_pen_covers_the_pixel(functions):
    pixels = functions.evaluate("Array.from(layerByLayer.drawn([[[140, 100], [140, 180]]]).pixels)")
    drawing = np.array(pixels).reshape(280, 280)
    assert drawing[140, 130:151].tolist() == [255] * 21
    assert (drawing[140, 129], drawing[140, 128]) == (128, 0)
    assert abs(drawing.sum() / 255 - (22 * 80 + np.pi * 11**2)) < 8  # a bar with two half discs, radius 11


# --- the file of weights ---


def rewritten(metadata=None, **arrays) -> bytes:
    """The shipped file with other metadata or arrays; None removes one."""
    from safetensors import safe_open
    from safetensors.numpy import save

    with safe_open(shipped_network(), framework="numpy") as file:
        tensors, known = {name: file.get_tensor(name) for name in TENSORS}, file.metadata()
    return save({name: array for name, array in (tensors | arrays).items() if array is not None}, known | (metadata or {}))


def header_changed(change) -> bytes:
    """The shipped file with a header that says something else."""
    content = shipped_network().read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content[8 + length :]


def damaged_files() -> dict[str, bytes]:
    whole = shipped_network().read_bytes()

    def swapped(header):
        header["conv_bias"]["data_offsets"], header["output_bias"]["data_offsets"] = [0, 112], [112, 152]

    def misplaced(header):
        header["conv_bias"]["data_offsets"] = [offset + 4 for offset in header["conv_bias"]["data_offsets"]]

    return {
        "empty": b"",
        "a few bytes": b"network",
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(1000),
        "cut off in the header": whole[:200],
        "cut off in the weights": whole[:300_000],
        "cut off by a byte": whole[:-1],
        "with a byte more": whole + b"\0",
        "a length that is none": b"\xff" * 8 + whole[8:],
        "a header that is none": whole[:8] + b"x" + whole[9:],
        "arrays that overlap": header_changed(swapped),
        "an array that begins too late": header_changed(misplaced),
        "no metadata": header_changed(lambda header: header.pop("__metadata__")),
        "another format": rewritten({"format": "layer-by-layer 2"}),
        "other pixels": rewritten({"pixels": "grey"}),
        "an array less": rewritten(conv_bias=None),
        "an array more": rewritten(more=np.zeros(1, np.float32)),
        "an array of another shape": rewritten(conv_bias=np.zeros(27, np.float32)),
        "an array of another type": rewritten(conv_bias=np.zeros(28, np.float64)),
        "weights that are infinite": rewritten(conv_bias=np.full(28, np.inf, np.float32)),
        "weights that are nan": rewritten(output_kernel=np.full((128, 10), np.nan, np.float32)),
        "too large": rewritten(more=np.zeros(2_000_000, np.uint8)),
    }


@pytest.mark.parametrize("name", damaged_files())
def test_damaged_file_gets_a_sentence_like_that_of_lesson_10(name, functions, tmp_path):
    content = damaged_files()[name]
    (tmp_path / "n.safetensors").write_bytes(content)
    with pytest.raises(ValueError) as in_python:
        load_network(tmp_path / "n.safetensors")
    program = f"file => {{ try {{ {NETWORK} return 'accepted'; }} catch (error) {{ return error.message; }} }}"
    message = functions.evaluate(program, text_of(np.frombuffer(content, np.uint8)))
    plain = str.maketrans({"“": '"', "”": '"', "'": '"'})
    if name == "no metadata":  # Python says None
        assert "its format is" in message and "its format is" in str(in_python.value)
    else:
        assert message.translate(plain) == str(in_python.value).translate(plain)


def test_own_weights_are_loaded_and_a_damaged_file_changes_nothing(open_page, exported, tmp_path):
    page = open_page("network")
    before = shown_probabilities(page)
    (tmp_path / "broken.safetensors").write_bytes(exported.read_bytes()[:-5])
    page.set_input_files("#own-file", tmp_path / "broken.safetensors")
    page.wait_for_function("document.getElementById('own-said').textContent !== ''")
    assert page.inner_text("#own-said") == "broken.safetensors is damaged, or not a safetensors file. Export the network again."
    assert shown_probabilities(page) == before
    page.set_input_files("#own-file", exported)
    page.wait_for_function("document.getElementById('own-said').textContent.includes('your network now')")
    assert "my-network.safetensors" in page.inner_text("#own-said")
    assert "10 of the ten plain test digits" in page.inner_text("#own-said")
    page.click("button[aria-label^='Test digit 18,']")  # a digit that is not easy, so that networks differ
    own = shown_probabilities(page)
    page.click("#course-network")
    page.wait_for_function("document.getElementById('own-said').textContent.includes('again')")
    assert shown_probabilities(page) != own
    assert page.failures == []


def test_page_shows_the_students_network(open_page, exported, digits):
    page = open_page("network", "#test=18")
    page.set_input_files("#own-file", exported)
    page.wait_for_function("document.getElementById('own-said').textContent.includes('your network now')")
    expected = keras_layers(*load_network(exported), digits[0][18][None])["probabilities"][0]
    assert np.abs(np.array(shown_probabilities(page)) / 100 - expected).max() < 0.0006  # they are shown to a thousandth


def shown_probabilities(page) -> list[float]:
    return [float(text.removesuffix(" %")) for text in page.locator("#answers .live-share").all_inner_texts()]


def answer(page) -> int:
    """What the page says that it sees, once the pen rests."""
    page.wait_for_function("document.querySelectorAll('.live-answer').length === 1")
    shown = int(page.inner_text(".live-answer b"))
    page.wait_for_function(f"document.getElementById('said').textContent.includes('says {shown}')")
    return shown


# --- drawing on the page ---


@pytest.fixture(scope="module")
def network_page(open_page):
    return open_page("network")


@pytest.mark.parametrize("digit", range(10))
def test_digit_drawn_with_the_mouse_is_recognised(digit, network_page):
    draw_with_mouse(network_page, digit)
    assert answer(network_page) == digit
    assert network_page.failures == []


@pytest.fixture(scope="module")
def phone(open_page):
    return open_page("network", viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)


@pytest.mark.parametrize("digit", range(10))
def test_digit_drawn_with_a_finger_is_recognised_and_the_page_stays_where_it_is(digit, phone):
    phone.click("#clear")
    at = paper(phone)
    before = phone.evaluate("scrollY")
    session = phone.context.new_cdp_session(phone)

    def touch(kind: str, *points):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    for points in STROKES[digit]:
        touch("touchStart", at(*points[0]))
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            for step in (0.25, 0.5, 0.75, 1):
                touch("touchMove", at(x0 + step * (x1 - x0), y0 + step * (y1 - y0)))
        touch("touchEnd")
    assert answer(phone) == digit
    assert phone.evaluate("scrollY") == before


def test_finger_beside_the_pad_does_scroll(phone):
    """The test above can fail: a touch that moves is one that scrolls, elsewhere on the page."""
    phone.evaluate("scrollTo(0, 600)")
    session = phone.context.new_cdp_session(phone)
    for kind, heights in [("touchStart", [600]), *[("touchMove", [height]) for height in range(560, 300, -40)], ("touchEnd", [])]:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": 180, "y": height} for height in heights]})
    phone.wait_for_function("scrollY > 650")


def test_digit_drawn_with_the_keyboard_is_recognised(open_page):
    page = open_page("network")
    page.focus("#pad")
    page.keyboard.press("Delete")
    way = "D D L L L L L Space R R R R R R R R R" + 6 * " D D L" + " D D D D Space"
    keys = {"D": "ArrowDown", "L": "ArrowLeft", "R": "ArrowRight"}
    heard = []
    for key in way.split():
        page.keyboard.press(keys.get(key, key))
        heard.append(page.inner_text("#chosen"))
    assert "The pen is down." in heard and heard[-1] == "The pen is up."
    assert answer(page) == 7
    page.keyboard.press("Delete")
    page.wait_for_function("document.getElementById('said').textContent.includes('bare')")
    assert page.failures == []


def test_one_can_draw_while_the_network_is_still_being_loaded(site, browser):
    page = browser.new_page()
    held = []
    page.route("**/weights.js", lambda route: held.append(route))
    page.goto((site / "live" / "network.html").as_uri(), wait_until="domcontentloaded")
    draw_with_mouse(page, 3)
    assert page.inner_text("#said") == "The network is being loaded …"
    page.wait_for_timeout(100)
    held.pop().continue_()
    assert answer(page) == 3
    page.close()


def test_page_says_so_when_its_data_cannot_be_loaded(site, browser):
    page = browser.new_page()
    page.route("**/live/data/*.js", lambda route: route.abort())
    for name, place in [("network", "#said"), ("convolution", "#hand-sum"), ("table", ".live-table")]:
        page.goto((site / "live" / f"{name}.html").as_uri())
        page.wait_for_function(f"document.querySelector('{place}').textContent.includes('could not load its data')")
    page.close()


def test_undo_takes_the_last_stroke_away(network_page):
    draw_with_mouse(network_page, 4)
    assert answer(network_page) == 4
    network_page.click("#undo")
    network_page.wait_for_function("!document.getElementById('said').textContent.includes('says 4,')")
    network_page.click("#undo")
    network_page.wait_for_function("document.getElementById('said').textContent.includes('bare')")
    network_page.click("#undo")  # where there is nothing left
    assert network_page.failures == []


def test_small_digit_in_a_corner_is_recognised_only_when_prepared(open_page):
    page = open_page("network")
    draw_with_mouse(page, 3, scale=0.5, left=2, top=48)
    assert answer(page) == 3
    page.uncheck("#prepare")
    assert answer(page) != 3
    assert page.is_visible("#unprepared") and not page.is_visible("#step-box")
    page.check("#prepare")
    assert answer(page) == 3


def test_hard_test_digits_are_mistakes_and_the_page_says_so(open_page):
    page = open_page("network")
    for button in page.locator("#hard-digits button").all():
        button.click()
        label = button.get_attribute("aria-label")[-1]
        page.wait_for_function(f"document.getElementById('said').textContent.endsWith('a {label}: a mistake.')")


# --- looking into a layer ---


def test_clicked_number_of_a_feature_map_is_taken_apart(open_page, digits):
    page = open_page("network")
    pixel = page.locator("#conv").bounding_box()["width"] / 188
    inside = {"x": (27 + 12.5) * pixel, "y": (27 + 6.5) * pixel}  # the second map of the second row, which is map 8: row 6, column 12
    page.click("#conv", position=inside)
    assert [page.input_value(f"#conv-{name}") for name in ("map-number", "row", "column")] == ["8", "6", "12"]
    patch = [float(text.replace("−", "-")) for text in page.locator("#conv-sum table").first.locator("td").all_inner_texts()]
    assert np.abs(np.array(patch).reshape(3, 3) - digits[0][0][6:9, 12:15] / 255).max() < 0.01
    model, pixels = load_network()
    expected = keras_layers(model, pixels, digits[0][:1])["conv"][0].reshape(28, 26, 26)[8, 6, 12]
    assert abs(float(page.inner_text("#conv-sum strong")) - expected) < 0.01
    assert page.inner_text("#chosen").startswith("Map 8, row 6, column 12: ")


def test_numbers_are_chosen_with_the_keyboard(open_page):
    page = open_page("network", "#conv=3,10,10&pool=4,5,5&unit=20")
    keys = {"ArrowRight": "3,10,11", "ArrowDown": "3,11,11", "PageDown": "4,11,11", "PageUp": "3,11,11", "ArrowLeft": "3,11,10"}
    for key, expected in keys.items():
        page.locator("#conv").press(key)
        assert ",".join(page.input_value(f"#conv-{name}") for name in ("map-number", "row", "column")) == expected
    page.locator("#conv-map").press("ArrowUp")
    assert page.input_value("#conv-row") == "10"
    page.locator("#pool-map").press("ArrowUp")
    assert page.input_value("#pool-row") == "4"
    page.locator("#hidden").press("ArrowDown")
    assert page.input_value("#unit") == "36"
    page.fill("#pool-map-number", "27")
    assert "map 27" in page.inner_text("#pool-sum")
    page.fill("#pool-map-number", "28")  # there is none
    assert "map 27" in page.inner_text("#pool-sum")
    page.fill("#digit", "3")
    assert "The score of 3" in page.inner_text("#score-sum")
    page.click("#answers button >> nth=5")
    assert "The score of 5" in page.inner_text("#score-sum")
    assert page.failures == []


def test_everything_on_the_page_is_reached_with_the_tab_key(open_page):
    page = open_page("network")
    wanted = {"pad", "clear", "undo", "prepare", "conv", "conv-map", "conv-row", "pool", "pool-map", "hidden", "unit", "digit", "own-file"}
    reached = set()
    for _ in range(200):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id"))
    assert wanted <= reached


# --- the address ---


def test_state_in_the_address_comes_back(open_page):
    page = open_page("network")
    draw_with_mouse(page, 5)
    page.uncheck("#prepare")
    page.fill("#conv-map-number", "9")
    page.fill("#pool-row", "7")
    page.fill("#unit", "99")
    page.click("#answers button >> nth=2")
    page.wait_for_function("location.hash.includes('digit=2') && location.hash.includes('strokes=')")
    pictures = "['pad', 'image', 'conv', 'pool', 'hidden'].map((id) => document.getElementById(id).toDataURL())"
    before, address = page.evaluate(pictures), page.evaluate("location.hash")
    again = open_page("network", address)
    assert again.evaluate(pictures) == before
    assert not again.is_checked("#prepare")
    assert [again.input_value(f"#{id_}") for id_ in ("conv-map-number", "pool-row", "unit", "digit")] == ["9", "7", "99", "2"]
    again.wait_for_timeout(400)
    assert again.evaluate("location.hash") == address


def test_any_state_survives_the_journey_through_the_address(functions):
    program = """([strokes, numbers]) => {
        const {whole, word, cell, fromFragment, toFragment} = layerByLayer;
        const fields = {strokes: layerByLayer.strokes, test: whole(0, 9999), prepare: word('on', 'off'), kernel: layerByLayer.numbers,
                        conv: cell({map: 27, row: 25, column: 25})};
        const conv = {map: numbers[1] % 28, row: 3, column: 4};
        const state = {strokes, test: numbers[0], prepare: 'off', kernel: numbers.map((n) => n / -8), conv};
        const usual = {strokes: null, test: null, prepare: 'on', kernel: null, conv: {map: 28, row: 0, column: 0}};
        return JSON.stringify(fromFragment(`#${toFragment(state, fields, usual)}`, fields)) === JSON.stringify(state);
    }"""
    for seed in range(30):
        numbers = np.random.default_rng(seed).integers(1, 9999, 9).tolist()
        assert functions.evaluate(program, [random_strokes(seed), numbers]), seed


NONSENSE = (
    "strokes=zzzz strokes=12 strokes=<b> test=-1 test=5 conv=28,0,0 conv=1,2 pool=0,13,0 unit=128 digit=ten prepare=maybe unknown=1 =&&= %"
)


@pytest.mark.parametrize("fragment", ["your-own-weights", *NONSENSE.split()])
def test_nonsense_in_the_address_does_no_harm(fragment, open_page):
    page = open_page("network", f"#{fragment}")
    page.wait_for_function("/says|bare/.test(document.getElementById('said').textContent)")
    assert page.failures == []


def test_link_to_a_heading_works_while_a_drawing_is_in_the_address(open_page):
    page = open_page("network", "#test=18")
    page.evaluate("location.hash = '#your-own-weights'")
    page.wait_for_timeout(300)
    assert "It is test digit 18" in page.inner_text("#said")
    assert page.evaluate("document.getElementById('your-own-weights').getBoundingClientRect().top") < 300


# --- convolution by hand ---


def test_map_by_hand_is_what_keras_computes(open_page):
    import keras

    page = open_page("convolution")
    program = """([values, kernel, stride, padding]) => {
        const image = layerByLayer.padded({values: Float32Array.from(values), size: 28}, padding);
        const map = layerByLayer.correlated(image, {values: kernel, size: Math.sqrt(kernel.length)}, stride);
        return [map.size, layerByLayer.outputSize(28, Math.sqrt(kernel.length), stride, padding), Array.from(map.values)];
    }"""
    rng = np.random.default_rng(0)
    for size in range(1, 6):
        for stride in range(1, 5):
            for padding in (0, 1, 4):
                image, kernel = rng.random((28, 28)).astype(np.float32), rng.normal(size=(size, size)).astype(np.float32)
                padded = np.pad(image, padding)[None, :, :, None]
                expected = np.asarray(keras.ops.conv(padded, kernel[:, :, None, None], strides=stride, padding="valid"))[0, :, :, 0]
                places, formula, values = page.evaluate(program, [image.ravel().tolist(), kernel.ravel().tolist(), stride, padding])
                assert places == formula == len(expected)
                assert np.abs(np.array(values).reshape(expected.shape) - expected).max() < 1e-4


def test_window_steps_through_the_image(open_page):
    page = open_page("convolution", "#place=25")
    assert "Row 0, column 25" in page.inner_text("#hand-sum")
    page.click("#hand-step")
    assert "Row 1, column 0" in page.inner_text("#hand-sum")
    page.click("#hand-back")
    assert "Row 0, column 25" in page.inner_text("#hand-sum")
    page.locator("#hand-map").press("ArrowDown")
    assert "Row 1, column 25" in page.inner_text("#hand-sum")
    page.locator("#hand-place").press("End")
    assert "Row 25, column 25" in page.inner_text("#hand-sum")
    assert page.is_disabled("#hand-step") and page.is_disabled("#hand-play")
    page.locator("#hand-place").press("Home")
    page.click("#hand-play")
    page.wait_for_function("document.getElementById('hand-place').value > 3")
    page.click("#hand-play")
    stopped = page.input_value("#hand-place")
    page.wait_for_timeout(200)
    assert page.input_value("#hand-place") == stopped
    assert page.failures == []


def test_sum_by_hand_is_that_of_lesson_2(open_page, digits):
    """Place A of the lesson: more ink below than above, row 6, column 8 of the 7."""
    page = open_page("convolution", f"#place={6 * 26 + 8}")
    patch = digits[0][0][6:9, 8:11] / 255
    expected = (patch * np.array([[-1], [0], [1]])).sum()
    assert abs(float(page.inner_text("#hand-sum strong").replace("−", "-")) - expected) < 0.01


def test_stride_padding_and_window_change_the_map_and_the_formula(open_page):
    page = open_page("convolution")
    page.fill("#hand-padding", "1")
    assert page.inner_text("#hand-size") == "⌊(28 + 2 · 1 − 3) / 1⌋ + 1 = ⌊27 / 1⌋ + 1 = 28"
    page.fill("#hand-stride", "2")
    page.fill("#hand-window", "4")
    assert page.inner_text("#hand-size") == "⌊(28 + 2 · 1 − 4) / 2⌋ + 1 = ⌊26 / 2⌋ + 1 = 14"
    assert page.evaluate("document.getElementById('hand-map').width") == 14
    assert page.locator("#hand-kernel input").count() == 16
    page.fill("#hand-stride", "9")  # which is not allowed, and changes nothing
    assert "/ 2⌋" in page.inner_text("#hand-size")


def test_kernel_is_chosen_and_edited_and_kept_in_the_address(open_page):
    page = open_page("convolution")
    page.select_option("#hand-preset", label="filter 3")
    weights = [float(each.input_value()) for each in page.locator("#hand-kernel input").all()]
    from safetensors import safe_open

    with safe_open(shipped_network(), framework="numpy") as file:
        assert np.abs(np.array(weights) - file.get_tensor("conv_kernel")[:, :, 0, 3].ravel()).max() < 0.01
    page.fill("#hand-kernel input >> nth=4", "-2.5")
    assert page.input_value("#hand-preset") == "-1"
    page.click("#hand-digits button >> nth=4")
    page.wait_for_function("location.hash.includes('-2.5') && location.hash.includes('test=')")
    again = open_page("convolution", page.evaluate("location.hash"))
    assert again.input_value("#hand-kernel input >> nth=4") == "-2.5"
    assert again.inner_text("#hand-sum") == page.inner_text("#hand-sum")


def test_nothing_moves_by_itself_for_a_reader_who_wants_no_motion(open_page):
    assert open_page("convolution").is_visible("#hand-play")
    assert not open_page("convolution", reduced_motion="reduce").is_visible("#hand-play")


# --- the table, explored ---


def test_verdicts_of_the_page_are_those_of_the_comparison(open_page):
    page = open_page("table")
    with (ROOT / "solutions" / "results" / "comparison.csv").open(newline="") as file:
        for line in csv.DictReader(file):
            words = page.evaluate(f"layerByLayer.verdict(layerByLayer.runs, '{line['column']}', {line['epoch']})")
            assert ("lies inside the 20 raw runs" in words) == (line["inside"] == "yes"), words


def test_every_run_is_drawn_and_any_can_be_followed(open_page):
    page = open_page("table")
    assert page.locator(".live-chart polyline").count() == 31
    page.select_option(".live-table select >> nth=1", "scaled")
    assert page.locator(".live-chart polyline").count() == 11
    page.select_option(".live-table select >> nth=2", "scaled-4")
    assert page.locator(".live-chart .live-seed").count() == 1
    assert "scaled, seed 4" in page.inner_text(".live-wide")
    page.select_option(".live-table select >> nth=0", "loss")
    page.fill(".live-table input >> nth=0", "3")
    page.wait_for_function("location.hash.includes('column=loss')")
    again = open_page("table", page.evaluate("location.hash"))
    assert again.inner_html(".live-chart") == page.inner_html(".live-chart")
    assert page.failures == again.failures == []


def test_click_on_a_line_follows_its_seed(open_page):
    page = open_page("table", "#column=loss&epoch=10")
    points = page.get_attribute(".live-chart .live-raw >> nth=7", "points").split()
    x, y = map(float, points[0].split(","))
    page.click(".live-chart", position={"x": x, "y": y})
    assert page.input_value(".live-table select >> nth=2") == "raw-7"
    assert page.inner_text("[role=status]").startswith("Epoch 1, training loss")


# --- light, dark, and what is loaded ---


def test_pictures_follow_the_colours_of_the_page(open_page):
    corner = "Array.from(document.getElementById('pad').getContext('2d').getImageData(0, 0, 1, 1).data)"
    light, dark = (open_page("network", color_scheme=scheme) for scheme in ("light", "dark"))
    assert sum(light.evaluate(corner)[:3]) > 700 > 200 > sum(dark.evaluate(corner)[:3])
    light.evaluate("document.body.setAttribute('data-md-color-scheme', 'slate')")
    light.wait_for_function(f"{corner}[0] < 70")


def requested(site, browser, path: str) -> list[Path]:
    """The files that a page loads by itself."""
    context = browser.new_context()
    page = context.new_page()
    paths = []
    page.on("request", lambda request: paths.append(Path(url2pathname(urlsplit(request.url).path))))
    page.goto((site / path).as_uri(), wait_until="networkidle")
    context.close()
    return paths


def test_data_are_loaded_only_by_the_page_that_needs_them(site, browser):
    def data(path):
        return {each.name for each in requested(site, browser, path) if each.parent.name == "data"}

    assert data("live/network.html") == {"weights.js", "digits.js"}
    assert data("live/convolution.html") == {"digits.js", "filters.js"}
    assert data("live/table.html") == {"runs.js"}
    assert data("index.html") == set()


def test_index_of_the_search_is_loaded_when_the_reader_wants_to_search(site, browser):
    with serve.serving(site) as address, browser.new_context() as context:
        page = context.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
        page.goto(f"{address}live/network.html", wait_until="networkidle")
        assert "weights.js" in asked and "search_index.json" not in asked
        page.keyboard.press("/")
        page.keyboard.type("convolution")
        page.locator(".md-search-result__link").first.wait_for()
        assert "search_index.json" in asked


def test_first_answer_comes_within_300_milliseconds_of_the_load(open_page):
    waits = []
    for _ in range(5):
        page = open_page("network")
        answer, load = page.evaluate(
            "[performance.getEntriesByName('first answer')[0].startTime, performance.getEntriesByType('navigation')[0].loadEventEnd]"
        )
        waits.append(answer - load)
    assert statistics.median(waits) < 300, waits


def test_update_after_a_movement_of_the_pen_takes_less_than_5_milliseconds(open_page):
    page = open_page("network")
    for digit in (8, 0, 3):
        draw_with_mouse(page, digit)
    times = page.evaluate("performance.getEntriesByName('update', 'measure').map(({duration}) => duration)")
    assert len(times) > 50
    assert statistics.median(times) < 5, statistics.quantiles(times)
