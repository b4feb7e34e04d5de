"""Morula's networks beside PyTorch, ONNX Runtime and OpenVINO: the same weights and input, times alternated.

    make bench-peers                                     # all of it, an hour or more on two cores
    make bench-peers ARGS="--networks nsn --size 32 --training-size 32 --check-size 32 --rounds 1"    # a minute

Weights are drawn here and written as safetensors, which Morula and PyTorch read; the graph for ONNX Runtime and
OpenVINO is exported from the same network in inference mode. Every round gives every engine its turn (A B C D A B C
D …), each in a process of its own that makes one run to warm up and --repeats that count. Outputs are compared with
PyTorch in float64 on a smaller volume and with each other on the full one. One Markdown table is written.
"""
import datetime
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from common import HERE, PROJECT, argument_parser, operating_system, table, versions
from safetensors.numpy import load_file, save_file

ARCHITECTURES = {
    "nsn": dict(levels=3, base=16, kernel=3),
    "ndn": dict(levels=5, base=12, kernel=5),
    "unet": dict(levels=4, base=32, kernel=3),
}
NAMES = {"nsn": "NSN", "ndn": "NDN", "unet": "3D U-Net"}
MORULA, MORULA_ONE, PYTORCH, CHANNELS_LAST = "Morula", "Morula, 1 thread", "PyTorch", "PyTorch, channels last"
ONNX_RUNTIME, OPENVINO = "ONNX Runtime", "OpenVINO"
ENGINES = {
    "inference": [MORULA, MORULA_ONE, PYTORCH, CHANNELS_LAST, ONNX_RUNTIME, OPENVINO],
    "training": [MORULA, PYTORCH, CHANNELS_LAST],
}

# Goals by network, work and edge: Morula's time over that of the fastest of these, and peak memory in GB.
TIME_GOALS = {
    ("nsn", "inference", 128): ([OPENVINO], 0.45),
    ("ndn", "inference", 128): ([OPENVINO], 0.30),
    ("unet", "inference", 128): ([OPENVINO], 0.50),
    ("nsn", "training", 128): ([PYTORCH, CHANNELS_LAST], 0.25),
    ("ndn", "training", 64): ([PYTORCH, CHANNELS_LAST], 0.25),
}
MEMORY_GOALS = {
    ("nsn", "inference", 128): 1.0,
    ("ndn", "inference", 128): 1.5,
    ("nsn", "training", 128): 2.7,
}
SCALING_GOAL, ERROR_GOAL = 1.9, 1e-4
# Beyond this the engines do not compute the same, and times mean nothing.
AGREEMENT = 1e-3


def parse():
    parser = argument_parser(__doc__, repeats="runs in a turn, after one that warms up")
    parser.set_defaults(rounds=2, repeats=3)
    parser.add_argument("--networks", default="nsn,ndn,unet", help="of nsn, ndn, unet (default: %(default)s)")
    parser.add_argument("--work", default="inference,training", help="(default: %(default)s)")
    parser.add_argument("--size", type=int, default=128, help="edge of the input of inference (default: %(default)s)")
    parser.add_argument(
        "--training-size", type=int, help="edge of that of training (default: nsn 128, ndn 64; unet is not trained)"
    )
    parser.add_argument(
        "--check-size", type=int, default=64, help="edge of the comparison with float64 (default: %(default)s)"
    )
    parser.add_argument("--loss", choices=["dice", "bce"], default="dice")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--morula", type=Path, default=PROJECT / ".build/release/morula", help="the executable")
    parser.add_argument("--output", type=Path, help="the table (default: Benchmarks/results/<date>-networks.md)")
    arguments = parser.parse_args()
    arguments.networks, arguments.work = arguments.networks.split(","), arguments.work.split(",")
    for name in set(arguments.networks) - set(ARCHITECTURES):
        parser.error(f"--networks: no network {name}")
    for name in set(arguments.work) - set(ENGINES):
        parser.error(f"--work: inference or training, not {name}")
    for edge in filter(None, (arguments.size, arguments.training_size, arguments.check_size)):
        if edge < 16 or edge % 16:
            parser.error("sizes are multiples of 16, which all three networks can halve")
    if not arguments.morula.exists():
        parser.error(f"{arguments.morula} is missing; make build")
    return arguments


class Case:
    """A network and its input of one size."""

    def __init__(self, network, what, edge, weights, folder, arguments):
        self.network, self.what, self.edge, self.arguments = network, what, edge, arguments
        self.weights, self.graph, self.folder = weights, weights.with_suffix(".onnx"), folder
        self.input = folder / f"input-{edge}.safetensors"
        if not self.input.exists():
            image = np.random.default_rng(arguments.seed).random((1, 1, edge, edge, edge), np.float32)
            save_file({"input": image, "target": (image > 0.5).astype(np.float32)}, self.input)

    @property
    def title(self):
        return f"{NAMES[self.network]} {self.what} at {self.edge}³"

    def run(self, engine, repetitions, output=None, double=False):
        """One turn of an engine: its result, or None where it failed."""
        result = self.folder / "result.json"
        result.unlink(missing_ok=True)
        if engine in (MORULA, MORULA_ONE):
            command = [
                self.arguments.morula, "benchmark", "train" if self.what == "training" else "network",
                "--network", self.network, "--weights", self.weights, "--input", self.input, "--no-layers",
                "--threads", 1 if engine == MORULA_ONE else self.arguments.threads,
                "--repetitions", repetitions, "--json", result,
            ]
            if self.what == "training":
                command += ["--loss", self.arguments.loss]
            if output:
                command += ["--output", output.with_suffix(".safetensors")]
        else:
            job = {
                "engine": {ONNX_RUNTIME: "onnxruntime", OPENVINO: "openvino"}.get(engine, "pytorch"),
                "channels_last": engine == CHANNELS_LAST, "what": self.what, "threads": self.arguments.threads,
                "weights": str(self.weights), "graph": str(self.graph), "input": str(self.input),
                "repetitions": repetitions, "loss": self.arguments.loss, "double": double,
                "output": output and str(output),
            }
            command = engine_command(job, self.folder, result)
        print(f"{self.title}: {engine}", file=sys.stderr, flush=True)
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode != 0 or not result.exists():
            print(f"  failed ({done.returncode}): {done.stderr.strip()[-500:]}", file=sys.stderr)
            return None
        return json.loads(result.read_text())

    def logits(self, output):
        """What an engine wrote."""
        written = output.with_suffix(".safetensors")
        return load_file(written)["logits"] if written.exists() else np.load(output)


def engine_command(job, folder, result):
    path = folder / "job.json"
    path.write_text(json.dumps(job))
    return [sys.executable, HERE / "engines.py", path, result]


def errors(case, engines):
    """The largest difference of every engine from PyTorch in float64, as a fraction of the output's range."""
    outputs = {engine: case.folder / f"{case.network}-check-{index}.npy" for index, engine in enumerate(engines)}
    reference = case.folder / f"{case.network}-check.npy"
    if case.run(PYTORCH, 0, reference, double=True) is None:
        sys.exit("PyTorch could not compute the reference")
    exact = case.logits(reference)
    found = {}
    for engine, output in outputs.items():
        if case.run(engine, 1, output) is not None:
            found[engine] = float(np.abs(case.logits(output) - exact).max() / np.ptp(exact))
    return found, (float(exact.min()), float(exact.max()))


def differences(case, engines):
    """The largest difference of every engine from any other on the full volume, as a fraction of the range."""
    written = [(engine, case.folder / f"full-{index}.npy") for index, engine in enumerate(engines)]
    logits = {engine: case.logits(output) for engine, output in written
              if output.exists() or output.with_suffix(".safetensors").exists()}
    found = dict.fromkeys(logits, 0.0)
    for a, b in itertools.combinations(logits, 2):
        difference = float(np.abs(logits[a] - logits[b]).max() / np.ptp(logits[a]))
        found[a], found[b] = max(found[a], difference), max(found[b], difference)
    for _, output in written:
        output.unlink(missing_ok=True)
        output.with_suffix(".safetensors").unlink(missing_ok=True)
    return found


def loss_differences(results):
    """The largest relative difference of every engine's losses from PyTorch's, step by step."""
    reference = results.get(PYTORCH, {}).get("losses")
    if not reference:
        return {}
    return {engine: max(abs(a - b) / abs(b) for a, b in zip(result["losses"], reference))
            for engine, result in results.items() if engine != PYTORCH}


def measure(case, engines):
    """Times and memory of every engine over all rounds, and how far their outputs are apart."""
    results = {}
    for turn in range(case.arguments.rounds):
        for index, engine in enumerate(engines):
            keep = turn == 0 and case.what == "inference"
            output = case.folder / f"full-{index}.npy" if keep else None
            found = case.run(engine, case.arguments.repeats, output)
            if found is None:
                continue
            so_far = results.setdefault(engine, {**found, "seconds": [], "peak_memory_bytes": 0, "fma_peak_gflops": 0})
            so_far["seconds"] += found["seconds"]
            for key in ("peak_memory_bytes", "fma_peak_gflops"):
                so_far[key] = max(so_far[key], found.get(key) or 0)
    return results, differences(case, engines) if case.what == "inference" else loss_differences(results)


def judged(met):
    return "met" if met else "**missed**"


def rows(peak, case, engines, results, apart, error):
    """The rows of one network and work, slower and failed engines included; `peak` is that of all threads."""
    shortest = {engine: min(result["seconds"]) for engine, result in results.items()}
    ours = shortest.get(MORULA)
    place = (case.network, case.what, case.edge)
    operations = results.get(MORULA, {}).get("multiply_adds", float("nan")) * 2
    rivals, limit = TIME_GOALS.get(place, ([], None))
    best = min((rival for rival in rivals if rival in shortest), key=shortest.get, default=None)
    for engine in engines:
        lead = [NAMES[case.network], f"{case.edge}³", case.what, engine]
        if engine not in results:
            yield lead + ["failed"] + ["–"] * 8
            continue
        seconds, goals, ratio = shortest[engine], [], "–"
        threads = 1 if engine == MORULA_ONE else case.arguments.threads
        if engine == MORULA_ONE and ours:
            ratio = f"{ours / seconds:.2f}"
            # The goal is for two against one, on volumes large enough to share.
            if case.arguments.threads == 2 and case.edge >= 128:
                goals.append(f"2 threads ≥ {SCALING_GOAL} × faster ({seconds / ours:.2f}): "
                             + judged(seconds / ours >= SCALING_GOAL))
        elif engine != MORULA and ours:
            ratio = f"{ours / seconds:.2f}"
            if ours > seconds:
                ratio = f"**{ratio}**"
            if engine == best:
                goals.append(f"time ≤ {limit:.2f} × this: " + judged(ours / seconds <= limit))
        memory = results[engine]["peak_memory_bytes"]
        if engine == MORULA:
            if place in MEMORY_GOALS:
                goals.append(f"≤ {MEMORY_GOALS[place]} GB: " + judged(memory <= 1e9 * MEMORY_GOALS[place]))
            if engine in error:
                goals.append(f"error ≤ {ERROR_GOAL:.0e}: " + judged(error[engine] <= ERROR_GOAL))
        yield lead + [
            f"{seconds:.3f}", f"{np.median(results[engine]['seconds']):.3f}", f"{1e-9 * operations / seconds:.0f}",
            f"{100 * operations / seconds / peak * case.arguments.threads / threads:.0f} %", f"{1e-9 * memory:.2f}",
            ratio, f"{error[engine]:.0e}" if engine in error else "–",
            f"{apart[engine]:.0e}" if engine in apart else "–", "; ".join(goals),
        ]


HEADER = ["network", "voxels", "work", "engine", "seconds", "median", "GFLOP/s", "of FMA peak", "memory GB",
          "Morula's time / this", "error", "apart", "goal"]


def document(lines, machine, arguments, ranges, command):
    """The Markdown page."""
    cores, pinned = arguments.threads, os.environ.get("OPENBLAS_CORETYPE")
    commit = subprocess.run(["git", "-C", PROJECT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    loss = {"dice": "Dice loss", "bce": "binary cross-entropy"}[arguments.loss]
    spans = "; ".join(f"{NAMES[name]} {low:.3g} to {high:.3g}" for name, (low, high) in ranges.items())
    return "\n".join([
        "# Networks beside PyTorch, ONNX Runtime and OpenVINO", "",
        f"{datetime.date.today()}, {machine['processor']}, {machine['processors']} processors, "
        f"{1e-9 * machine['machine_memory_bytes']:.0f} GB, {operating_system()}, Python {platform.python_version()}.",
        f"Morula {machine['morula_version']} ({commit.stdout.strip() or 'no repository'}), "
        f"{machine['kernel_variant']} kernels, OpenBLAS {machine['blas_version'] or ''} {machine['blas_core']}"
        + (f" (OPENBLAS_CORETYPE={pinned})" if pinned else "") + ";",
        f"{versions('torch', 'onnxruntime', 'openvino', 'onnx', 'numpy')}.", "",
        "```sh", command, "```", "",
        f"float32 (OpenVINO with `INFERENCE_PRECISION_HINT: f32`), batch 1, {cores} thread{'s' * (cores > 1)} each "
        "unless the row says otherwise, the same random weights and",
        f"input for all; {arguments.rounds} round{'s' * (arguments.rounds > 1)}, alternating, of one run to warm up and {arguments.repeats} that "
        f"count{'s' * (arguments.repeats == 1)}, each engine in a process of its own.",
        "", *table(HEADER, lines), "",
        "* *seconds*, *median*: the shortest and the middle of all runs. A training step is forward, "
        f"{loss}, backward and SGD with momentum.",
        "* *GFLOP/s*: multiplications and additions of direct convolution per second, a training step counted as three "
        "forward passes; *of FMA peak*: of what multiply–adds in registers reach on these threads.",
        "* *memory*: the most physical memory of the process, with its libraries (VmHWM).",
        "* *Morula's time / this*: below 1 Morula is faster; **bold** where it is slower. In the row of one thread: "
        "what all threads leave of its time.",
        f"* *error*: the largest difference of the logits from PyTorch in float64 at {arguments.check_size}³, as a "
        f"fraction of their range ({spans})." if spans else "* *error*: not measured.",
        "* *apart*: the largest difference of the logits from any other engine's at full size, as a fraction of their "
        "range; of training, of the losses from PyTorch's, step by step.", "",
    ])


def main():
    arguments = parse()
    output = arguments.output or HERE.parent / f"results/{datetime.date.today()}-networks.md"
    measured, machine, ranges, worst = [], None, {}, 0.0
    with tempfile.TemporaryDirectory(prefix="networks-") as name:
        folder = Path(name)
        for network in arguments.networks:
            weights = folder / f"{network}.safetensors"
            job = {"engine": "prepare", "architecture": ARCHITECTURES[network], "seed": arguments.seed,
                   "threads": arguments.threads, "weights": str(weights), "graph": str(weights.with_suffix(".onnx"))}
            print(f"{NAMES[network]}: weights and graph", file=sys.stderr, flush=True)
            subprocess.run(list(map(str, engine_command(job, folder, folder / "prepared.json"))), check=True,
                           stdout=subprocess.DEVNULL, stderr=None)
            for what in arguments.work:
                edge = arguments.size
                if what == "training":
                    edge = arguments.training_size or {"nsn": 128, "ndn": 64}.get(network)
                if edge is None:
                    continue  # no goal, and a day's work for the peers
                engines = [e for e in ENGINES[what] if e != MORULA_ONE or arguments.threads > 1]
                error = {}
                if what == "inference":
                    check = Case(network, what, arguments.check_size, weights, folder, arguments)
                    error, ranges[network] = errors(check, [e for e in engines if e != MORULA_ONE])
                case = Case(network, what, edge, weights, folder, arguments)
                results, apart = measure(case, engines)
                machine = machine or results.get(MORULA)
                worst = max([worst, *error.values(), *apart.values()])
                measured.append((case, engines, results, apart, error))
    if machine is None:
        sys.exit("Morula did not run")
    # The highest that any run found: whatever else the machine did only lowers it.
    peak = 1e9 * max(results[MORULA]["fma_peak_gflops"] for _, _, results, _, _ in measured if MORULA in results)
    lines = [row for case in measured for row in rows(peak, *case)]
    options = sys.argv[1:]
    if options[:1] == ["--morula"]:  # what the Makefile adds
        options = options[2:]
    command = "make bench-peers" + (f' ARGS="{" ".join(options)}"' if options else "")
    page = document(lines, machine, arguments, ranges, command)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page)
    print(page)
    print(f"written to {output}", file=sys.stderr)
    if not worst <= AGREEMENT:
        sys.exit(f"the engines disagree by {worst:.1e}: they do not compute the same")


if __name__ == "__main__":
    main()
