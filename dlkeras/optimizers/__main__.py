"""Prints how far our optimizers are from Keras' own: `python -m dlkeras.optimizers`."""

from dlkeras.optimizers.distances import CASES, NUM_STEPS, measure

SMALL, LARGE = (16, 16), (182, 182)  # 33,124 weights are enough for the fused kernel


def lines() -> list[str]:
    """Measures every optimizer and returns a table in Markdown."""
    found = [
        f"Largest distances over {NUM_STEPS} steps and all weights, in units in the last place of the "
        "largest value that the weight has had. Gradients from 1e-12 to 1e3, half of the weights from zero. "
        "Exact is the recurrence in float64.",
        "",
        "| optimizer | precision | to Keras' | after step 1 | both by XLA | to exact | Keras' to exact |",
        "|---|---|---|---|---|---|---|",
    ]
    rows = [(name, case, SMALL) for name, case in CASES.items()]
    rows += [(f"{name}, fused kernel", CASES[name], LARGE) for name in ("Adam", "Adam, β 7/8, 1 - 2⁻¹⁰")]
    for name, case, shape in rows:
        for dtype in ("float32", "float64"):
            plain, xla = (measure(case, dtype, shape, jit=jit) for jit in (False, True))
            numbers = (*plain[:2], xla.to_keras, *plain[2:])
            found.append(f"| {name} | {dtype} | {' | '.join(f'{x:.3g}' for x in numbers)} |")
    return found


if __name__ == "__main__":
    print("\n".join(lines()))
