// Shows the sums that arithmetic.js takes apart, as tables and sentences: each function returns the elements to put into the page.
"use strict";
globalThis.layerByLayer ??= {};
{
  const { written, term, percent, element, grid, list } = layerByLayer;

  const strong = (text) => element("strong", {}, text);

  function afterRelu(sum, answer) {
    return [sum > 0 ? "Relu keeps it: " : "Relu makes 0 of it: ", strong(written(answer))];
  }

  // A number of a feature map.
  function convolutionSum({ patch, kernel, products, bias, sum, answer }, map) {
    const equation = element(
      "div",
      { className: "live-equation" },
      grid({ caption: "patch", values: patch, columns: 3 }),
      "×",
      grid({ caption: `filter ${map}`, values: kernel, columns: 3 }),
      "=",
      grid({ caption: "products", values: products, columns: 3 }),
    );
    const all = written(sum - bias);
    const words = `The products add up to ${all}. With the filter's bias: ${all} + ${term(bias)} = ${written(sum)}. `;
    return [equation, element("p", {}, words, ...afterRelu(sum, answer))];
  }

  // A pooled number.
  function poolingSum({ patch, largest, answer }, map) {
    return [
      grid({ caption: `window in map ${map}`, values: patch, columns: 2, marked: largest }),
      element("p", {}, `The largest of ${patch.map((value) => written(value)).join(", ")} is `, strong(written(answer))),
    ];
  }

  // The sum of a unit.
  function unitSum({ terms, others, rest, bias, sum, answer }, unit) {
    const name = ({ map, row, column }) => `map ${map} [${row}, ${column}]`;
    const caption = `Unit ${unit}: the inputs that move it most`;
    const table = weightedSum({
      caption,
      headings: ["input", "its value", "weight", "product"],
      terms,
      name,
      others,
      what: "inputs",
      rest,
      bias,
      sum,
    });
    return [table, element("p", {}, ...afterRelu(sum, answer))];
  }

  // The score of a digit.
  function scoreSum({ terms, others, rest, bias, sum }, digit) {
    const name = ({ place }) => `unit ${place}`;
    const caption = `The score of ${digit}: the units that move it most`;
    return [
      weightedSum({ caption, headings: ["unit", "its answer", "weight", "product"], terms, name, others, what: "units", rest, bias, sum }),
    ];
  }

  function weightedSum({ caption, headings, terms, name, others, what, rest, bias, sum }) {
    const rows = terms.map((each) => [name(each), written(each.input), written(each.weight), written(each.product)]);
    const further = `the other ${others.toLocaleString("en")} ${what}`;
    rows.push([further, "", "", written(rest)], ["bias", "", "", written(bias)], ["sum", "", "", written(sum)]);
    return list({ caption, headings, rows, marked: rows.length - 1 });
  }

  // All scores, and the share of one digit.
  function softmaxSum({ largest, powers, all, probability }, scores, digit) {
    const rows = powers.map((power, each) => [`${each}`, written(scores[each]), power.toPrecision(3), percent(power / all)]);
    const headings = ["digit", "score", "e^(score − largest)", "probability"];
    const words = `The largest score is ${written(largest)}. The ten exponentials add up to ${written(all)}. `;
    return [
      list({ caption: "From scores to probabilities", headings, rows, marked: digit }),
      element("p", {}, `${words}${powers[digit].toPrecision(3)} / ${written(all)} = `, strong(percent(probability))),
    ];
  }

  Object.assign(layerByLayer, { convolutionSum, poolingSum, unitSum, scoreSum, softmaxSum });
}
