"""One run of one engine on a network, in a process of its own; networks.py starts it.

    python engines.py JOB.json RESULT.json

The job names the engine, the files with weights, input and graph, and how often to run; the result holds the
seconds of every run but the first, which warms up, and the peak memory of the process. Only what an engine needs
is imported, so that no other library's memory is counted.
"""
import json
import sys
import time
import warnings

import numpy as np
from common import PROJECT, peak_memory

sys.path.append(str(PROJECT / "docs/examples"))


def timed(repetitions, run):
    """Seconds of each run after a warm-up, and what the last one returned."""
    result, seconds = run(), []
    for _ in range(repetitions):
        start = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - start)
    return seconds, result


def read(path, name):
    from safetensors.numpy import load_file

    return load_file(path)[name]


def pytorch(job):
    """PyTorch: the network of docs/examples/unet3d.py, as written or in another layout of memory."""
    import torch
    from unet3d import load

    torch.set_num_threads(job["threads"])
    layout = torch.channels_last_3d if job["channels_last"] else torch.contiguous_format
    dtype = torch.float64 if job.get("double") else torch.float32
    network = load(job["weights"]).to(dtype).to(memory_format=layout)
    image = torch.from_numpy(read(job["input"], "input")).to(dtype).to(memory_format=layout)
    if job["what"] == "training":
        return pytorch_training(job, network, image, layout)
    with torch.inference_mode():
        seconds, logits = timed(job["repetitions"], lambda: network(image))
    return seconds, logits.contiguous().numpy(), {}


def pytorch_training(job, network, image, layout):
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    target = torch.from_numpy(read(job["input"], "target")).to(memory_format=layout)
    network.train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    losses = []

    def step():
        optimizer.zero_grad(set_to_none=True)
        logits = network(image)
        if job["loss"] == "bce":
            loss = binary_cross_entropy_with_logits(logits, target)
        else:
            p = torch.sigmoid(logits)
            loss = 1 - (2 * (p * target).sum() + 1) / (p.sum() + target.sum() + 1)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())

    seconds, _ = timed(job["repetitions"], step)
    return seconds, None, {"losses": losses}


def onnxruntime(job):
    """ONNX Runtime, on the graph that PyTorch exported."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    options.inter_op_num_threads = 1
    image = read(job["input"], "input")
    for axis, extent in zip("dhw", image.shape[2:]):
        options.add_free_dimension_override_by_name(axis, extent)
    session = ort.InferenceSession(job["graph"], options, providers=["CPUExecutionProvider"])
    seconds, (logits,) = timed(job["repetitions"], lambda: session.run(["logits"], {"input": image}))
    return seconds, logits, {}


def openvino(job):
    """OpenVINO, on the same graph, held to float32: on processors with bfloat16 it would choose that."""
    import openvino as ov

    core = ov.Core()
    image = read(job["input"], "input")
    model = core.read_model(job["graph"])
    model.reshape({"input": list(image.shape)})
    options = {"INFERENCE_NUM_THREADS": job["threads"], "INFERENCE_PRECISION_HINT": "f32"}
    compiled = core.compile_model(model, "CPU", options)
    precision = compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
    if precision != "f32":
        sys.exit(f"OpenVINO computes in {precision} although f32 was asked")
    request = compiled.create_infer_request()
    seconds, _ = timed(job["repetitions"], lambda: request.infer({"input": image}, share_inputs=True))
    return seconds, request.get_output_tensor(0).data.copy(), {}


def prepare(job):
    """Draws weights, writes them and the graph.

    Convolutions begin with He's normal initialization, transposed ones (whose every output sums `in` products) with
    variance 1 / in; batch normalization with scales around 1, and with the running statistics of one forward pass.
    So activations keep their size through the network, as trained ones do.
    """
    import torch
    from torch import nn
    from unet3d import UNet3D, save

    torch.set_num_threads(job["threads"])
    torch.manual_seed(job["seed"])
    network = UNet3D(**job["architecture"], momentum=1.0)
    for module in network.modules():
        if isinstance(module, nn.Conv3d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.normal_(module.bias, std=0.1)
        elif isinstance(module, nn.ConvTranspose3d):
            nn.init.normal_(module.weight, std=module.weight.shape[0] ** -0.5)
            nn.init.normal_(module.bias, std=0.1)
        elif isinstance(module, nn.BatchNorm3d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.1)
    with torch.no_grad():
        network.train()(torch.rand(1, 1, 64, 64, 64))
    save(network.eval(), job["weights"])
    axes = dict(zip((2, 3, 4), "dhw"))
    warnings.simplefilter("ignore", DeprecationWarning)  # of the exporter that keeps the graph plain
    torch.onnx.export(
        network, (torch.rand(1, 1, 32, 32, 32),), job["graph"], input_names=["input"], output_names=["logits"],
        dynamic_axes={"input": axes, "logits": axes}, dynamo=False,
    )
    return [], None, {"parameters": sum(p.numel() for p in network.parameters())}


def main():
    job_path, result_path = sys.argv[1:]
    with open(job_path) as file:
        job = json.load(file)
    seconds, logits, extra = {
        "prepare": prepare, "pytorch": pytorch, "onnxruntime": onnxruntime, "openvino": openvino
    }[job["engine"]](job)
    memory = peak_memory()
    if logits is not None and job.get("output"):
        np.save(job["output"], logits)
    with open(result_path, "w") as file:
        json.dump({"seconds": seconds, "peak_memory_bytes": memory, **extra}, file)


if __name__ == "__main__":
    main()
