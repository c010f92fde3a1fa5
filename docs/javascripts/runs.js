// The training runs of solutions/results, summarised: where they lie, and whether the published table lies among them.
"use strict";
globalThis.layerByLayer ??= {};
{
  const COLUMNS = {
    val_accuracy: "test accuracy",
    val_loss: "test loss",
    accuracy: "training accuracy",
    loss: "training loss",
  };

  // The lowest and the highest value of several runs in an epoch, counted from 1.
  function spread(runs, column, epoch) {
    const values = runs.map((run) => run[column][epoch - 1]);
    return { lowest: Math.min(...values), highest: Math.max(...values) };
  }

  function inside(value, { lowest, highest }) {
    return lowest <= value && value <= highest;
  }

  // What one column of the table says about one epoch, in a sentence.
  function verdict({ published, raw, scaled }, column, epoch) {
    const value = published[column][epoch - 1];
    const subject = `Epoch ${epoch}, ${COLUMNS[column]}: the published ${value.toFixed(4)}`;
    const place = (name, runs) => {
      const { lowest, highest } = spread(runs, column, epoch);
      const where = inside(value, { lowest, highest }) ? "inside" : value < lowest ? "below" : "above";
      return `${where} the ${runs.length} ${name} runs (${lowest.toFixed(4)} to ${highest.toFixed(4)})`;
    };
    return `${subject} lies ${place("raw", raw)} and ${place("scaled", scaled)}.`;
  }

  // Round numbers from low to high, five or so, for an axis.
  function ticks(low, high) {
    const rough = (high - low) / 5;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
    const first = Math.ceil(low / step);
    const last = Math.floor(high / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(6)));
  }

  Object.assign(layerByLayer, { COLUMNS, spread, inside, verdict, ticks });
}
