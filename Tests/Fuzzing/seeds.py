"""Starting inputs for the fuzz targets, from the fixtures of the tests and from a few texts.

    python3 Tests/Fuzzing/seeds.py FOLDER        # writes FOLDER/<target>/<name>

Only Python's standard library is needed. `make fuzz-corpus` calls this, lets each target's corpus join,
and keeps what covers the code; docs/fuzzing.md.
"""

import gzip
import io
import json
import pathlib
import struct
import sys
import zipfile
import zlib

TESTS = pathlib.Path(__file__).resolve().parent.parent
OUT = pathlib.Path(sys.argv[1])
LARGEST = 4096


def write(target, name, data):
    if isinstance(data, str):
        data = data.encode()
    folder = OUT / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def copy(target, pattern, largest=LARGEST):
    for path in sorted(TESTS.glob(pattern)):
        if path.is_file() and path.stat().st_size <= largest:
            write(target, f"{path.parent.name}-{path.name}", path.read_bytes())


def images():
    for folder in ["tiff", "dialects"]:
        copy("tiff", f"MicroscopyTests/Fixtures/{folder}/*.tif")
    for path in sorted(TESTS.glob("MicroscopyTests/Fixtures/*/*.tif")):
        text = description(path.read_bytes())
        if text and len(text) < 3000:
            pages = {"zyx": 3, "tzcyx": 7}.get(path.stem.split("-")[-1], 5)
            write("tiff-description", path.stem, bytes([pages]) + text)
    texts = {
        "imagej": b"ImageJ=1.53t\nimages=6\nchannels=1\nslices=3\nframes=2\nhyperstack=true\n"
        b"unit=micron\nyunit=nm\nzunit=pixel\nspacing=-0.5\nfinterval=2.5\ntunit=min\n",
        "json": b'{"shape": [2, 3, 2, 2], "axes": "TZYX", "unit": "um", "spacing": 2.0,'
        b' "finterval": 3}',
        "shape": b"shape=(2,3,2,2)",
        "ome": b'<?xml version="1.0"?><OME><Image ID="Image:0"><Pixels DimensionOrder="XYZCT" '
        b'Type="uint8" SizeX="2" SizeY="2" SizeZ="3" SizeC="1" SizeT="2" PhysicalSizeX="0.5" '
        b'PhysicalSizeXUnit="nm" TimeIncrement="3" TimeIncrementUnit="ms">'
        b'<Channel SamplesPerPixel="1"/><TiffData IFD="0" FirstT="0" FirstZ="0" FirstC="0" '
        b'PlaneCount="6"><UUID FileName="a.ome.tif">urn:uuid:1</UUID></TiffData></Pixels>'
        b"</Image></OME>",
        "ome-prefix": b'<ome:OME xmlns:ome="x"><ome:Pixels DimensionOrder="XYCZT" SizeX="2" '
        b'SizeY="2" SizeZ="1" SizeC="3" SizeT="1"><ome:TiffData/></ome:Pixels></ome:OME>',
        "companion": b'<OME><BinaryOnly MetadataFile="a.ome.xml" UUID="u"/></OME>',
    }
    for name, text in texts.items():
        for first in [0, 5, 8 + 2, 8 + 16]:
            write("tiff-description", f"{name}-{first}", bytes([first]) + text)


def description(data):
    """ImageDescription of the first page of a classic little-endian TIFF, else None."""
    if data[:4] != b"II*\0":
        return None
    place = struct.unpack_from("<I", data, 4)[0]
    for entry in range(struct.unpack_from("<H", data, place)[0]):
        tag, kind, count, value = struct.unpack_from("<HHII", data, place + 2 + 12 * entry)
        if tag == 270 and kind == 2 and count > 4:
            return data[value:value + count - 1]
    return None


UNET = {  # a network of two levels and base width 1, in Chainer's names
    "c0": (1, 1), "c1": (2, 1), "c2": (2, 2), "c3": (4, 2), "dc1": None, "dc2": (2, 6),
    "dc3": (2, 2), "dc4": None,
}


def network(kernel=1 + 2, outputs=1):
    """(name, shape) of the arrays of that network."""
    arrays = []
    for name, widths in UNET.items():
        if name == "dc1":
            arrays += [("dc1/W", (4, 4, 2, 2, 2)), ("dc1/b", (4,))]
        elif name == "dc4":
            arrays += [("dc4/W", (outputs, 2, 1, 1, 1)), ("dc4/b", (outputs,))]
        else:
            arrays += [(f"{name}/W", (*widths, kernel, kernel, kernel)), (f"{name}/b", (widths[0],))]
            for word in ["gamma", "beta", "avg_mean", "avg_var"]:
                arrays.append((f"bn{name}/{word}", (widths[0],)))
            arrays.append((f"bn{name}/N", ()))
    return arrays


def safetensors(tensors, metadata=None, space=0):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, kind, shape, values in tensors:
        header[name] = {"dtype": kind, "shape": list(shape),
                        "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header, separators=(",", ":")).encode() + b" " * space
    return struct.pack("<Q", len(text)) + text + data


def count(shape):
    product = 1
    for extent in shape:
        product *= extent
    return product


def npy(descriptor, shape, data, order=False, version=1):
    text = f"{{'descr': '{descriptor}', 'fortran_order': {order}, 'shape': {shape}, }}\n".encode()
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + data


def archive(entries, method=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as output:
        for name, data in entries.items():
            output.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, method)
    return file.getvalue()


def weights():
    copy("safetensors", "*Tests/Fixtures/**/*.safetensors", 1500)
    sizes = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1,
             "U32": 4, "U16": 2, "U8": 1, "BOOL": 1}
    write("safetensors", "types", safetensors(
        [(kind, kind, (2,), bytes(range(2 * size))) for kind, size in sizes.items()],
        {"format": "pt"}))
    write("safetensors", "scalars", safetensors(
        [("a", "F32", (), bytes(4)), ("b", "F32", (0, 3), b""), ("c", "U8", (1, 1), b"a")]))
    write("safetensors", "nothing", safetensors([]))
    architecture = {"base": 1, "epsilon": 1e-05, "inputs": 1, "kernel": 1, "levels": 1,
                    "momentum": 0.1, "outputs": 1}
    description = {"epochs": 0, "gridVoxelSize": {"x": 1, "y": 1, "z": 1}, "kind": "nsn",
                   "name": "a", "output": "sigmoid", "threshold": 0.5,
                   "inferenceStatistics": "batch"}
    metadata = {"format": "morula", "format_version": "1",
                "architecture": json.dumps(architecture, separators=(",", ":")),
                "model": json.dumps(description, separators=(",", ":")),
                "preprocessing": "{}"}
    write("safetensors", "model-header", safetensors([], metadata))
    write("safetensors", "model-numbers", safetensors(
        [("encoder.0.convolution.0.weight", "F32", (1, 1, 1, 1, 1), bytes(4))]
        + [(f"training/{name}", "F32", (16,), bytes(64)) for name in "ab"], metadata))
    write("safetensors", "unet", safetensors(
        [(name.replace("/W", ".weight").replace("/b", ".bias").replace("/gamma", ".weight")
          .replace("/beta", ".bias").replace("/avg_mean", ".running_mean")
          .replace("/avg_var", ".running_var").replace("/N", ".num_batches_tracked"),
          "U8", shape, bytes(count(shape))) for name, shape in network()]))

    copy("npy", "ExchangeTests/Fixtures/numpy/*.npy")
    for kind, size in [("<f2", 2), (">f4", 4), ("<f8", 8), ("|i1", 1), (">i2", 2), ("<i4", 4),
                       ("<i8", 8), ("|u1", 1), ("<u2", 2), ("<u4", 4), (">u8", 8), ("|b1", 1),
                       ("f4", 4), ("=f4", 4)]:
        write("npy", kind.strip("<>|="), npy(kind, (2, 3), bytes(range(6 * size)), size == 8))
    write("npy", "version2", npy("<f4", (3,), bytes(12), version=2))
    write("npy", "scalar", npy("<f4", (), bytes(4), version=3))
    write("npy", "empty", npy("<f4", (0, 3), b"", True))
    write("npy", "object", npy("|O", (1,), b"\x80\x04N."))
    write("npy", "record", b"\x93NUMPY\x01\0\x3e\0{'descr': [('a', '<f4')], 'fortran_order': False,"
          b" 'shape': (1,)}" + bytes(4))

    lines = "".join(f"{name} {' '.join(map(str, shape))}\n" for name, shape in network())
    write("architecture", "unet", lines)
    write("architecture", "no-bias", "".join(
        line + "\n" for line in lines.splitlines() if "/b " not in line))
    write("architecture", "no-statistics", "".join(
        line + "\n" for line in lines.splitlines() if "avg_" not in line))
    write("architecture", "two-outputs", "".join(
        f"updater/model:main/{name} {' '.join(map(str, shape))}\n"
        for name, shape in network(5, 2)) + "updater/optimizer:main/t\n")
    write("architecture", "one-level",
          "c0/W 1 1 3 3 3\nc0/b 1\nbnc0/gamma 1\nc1/W 2 1 3 3 3\nbnc1/gamma 2\nc2/W 1 2 1 1 1\n")

    small = {"c0/W.npy": npy("<f4", (1, 1, 1, 1, 1), bytes(4)), "c0/b.npy": npy("<f4", (1,), bytes(4)),
             "bnc0/gamma.npy": npy("|O", (), b"\x80\x04N.")}
    copy("zip", "ExchangeTests/Fixtures/*/*.npz", 3000)
    copy("zip", "ExchangeTests/Fixtures/*/*.pt", 3000)
    for method in [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]:
        write("zip", f"chainer-{method}", archive(small, method))
    pickle = (b"\x80\x02}q\0X\6\0\0\0weightq\1ctorch._utils\n_rebuild_tensor_v2\nq\2((X\7\0\0\0storage"
              b"q\3ctorch\nFloatStorage\nq\4X\1\0\0\x001q\5X\3\0\0\0cpuq\6K\4tq\7QK\0(K\1K\1K\1K\2K\2t"
              b"q\10(K\4K\4K\4K\2K\1tq\t\x89ccollections\nOrderedDict\nq\n)Rq\x0btq\x0cRq\rs.")
    write("zip", "pytorch", archive({
        "a/data.pkl": pickle, "a/byteorder": b"little", "a/data/1": bytes(16), "a/version": b"3\n"}))
    write("zip", "big-endian", archive({"a/data.pkl": b".", "a/byteorder": b"big"}))
    write("zip", "neither", archive({"a.txt": b"a", "b/": b""}))
    write("zip", "bomb", archive({"data.pkl": bytes(1 << 21)}, zipfile.ZIP_DEFLATED))

    write("pickle", "tensor", pickle)
    copy("pickle", "ExchangeTests/Fixtures/pickle/*.pkl")
    for path in sorted(TESTS.glob("ExchangeTests/Fixtures/pytorch/*.pt")):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as file:
                for name in file.namelist():
                    if name.endswith("data.pkl") and file.getinfo(name).file_size <= 8000:
                        write("pickle", path.stem, file.read(name))


def texts():
    copy("yaml", "../configs/*.yaml", 8192)
    sections = {
        "aliases": "data: &a {root: b}\nname: *a\n",
        "merge": "data: &a\n  root: b\nnetwork:\n  <<: *a\n  kind: nsn\n",
        "laughs": "a: &a [1,1,1]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]\n",
        "deep": "name: " + "[" * 900 + "]" * 900,
        "overrides": "data:\n  root: a\n\0optimizer.kind=adam\0sampling.patch=[8, 8, 8]\0"
        "data.folds={pattern: \"Emb(\\\\d+)\", fold: 1}\0network.base=null\0training.epochs=3",
        "json": '{"data": {"root": "a"}, "network": {"kind": "ndn"}, "training": {"epochs": 2}}',
        "literals": "name: |\n  a\n  b\ndata:\n  root: >-\n    c\n    d\n",
        "tags": "%YAML 1.1\n---\nname: !!str 1\ndata: !x {root: \"\\x41\\u00e9\\n\"}\n...\n",
        "empty": "", "list": "- a\n- b: c\n", "twice": "name: a\nname: b\n",
        "augmentation": "data: {root: a}\naugmentation:\n  mirror: true\n  rotate: 0.5\n"
        "  elastic: {probability: 0.3, sigma: [1, 2]}\n  noise: {sigma: 0.1}\n",
        "memory": "data: {root: a}\ntraining: {memory: 1.5G, batch_size: 2, epochs: 3, "
        "early_stopping: {patience: 2}}\n",
    }
    for name, text in sections.items():
        write("yaml", name, text)
    for name, text in {
        "usual": r"Emb(\d+)", "named": r"(?<fold>[A-Z]\w*?)_t", "classes": r"[[a-z]--[b]](x)|(?:y)",
        "quoted": r"\Q(\E(b)", "look": r"(?<=E)(?!x)m(b+)", "extended": "(?x) E ( m ) # (c)",
        "unicode": r"\p{Lu}(\N{DIGIT ONE}|\x{31})", "options": r"(?i:e)(M)\1", "count": r"(\w{2,3}+)",
        "set": "[[a](b)]", "bracket": "[]a](b)",
    }.items():
        write("fold-pattern", name, text)
    for name, text in {
        "tracks": "1 0 3 0\n2 4 5 1\n3 4 9 1\n", "blank": "", "tabs": "1\t0\t2\t0\r\n\r\n7 1 1 0",
        "largest": "4294967295 0 9223372036854775807 0\n",
        "circle": "1 0 1 2\n2 0 1 1\n", "twice": "1 0 1 0\n1 0 1 0\n", "words": "a b c d\n1 2 3\n",
    }.items():
        write("tracks", name, text)


def zarr():
    for path in sorted(TESTS.glob("MicroscopyTests/Fixtures/zarr/**/*")):
        name = str(path.relative_to(TESTS / "MicroscopyTests/Fixtures/zarr")).replace("/", "-")
        if path.name in [".zarray", ".zattrs", "zarr.json"] and path.stat().st_size > 2:
            write("zarr-metadata", name, path.read_bytes())
        if path.name == ".zarray" or (path.name == "zarr.json" and b'"array"' in path.read_bytes()):
            chunk = first_chunk(path)
            if chunk is not None and len(chunk) < 2500:
                write("zarr-image", name, compact(path) + b"\0" + chunk)
    write("zarr-image", "tiny-2", compact_json(
        {"zarr_format": 2, "shape": [2, 2], "chunks": [2, 2], "dtype": "|u1", "compressor": None,
         "fill_value": 0, "order": "C", "filters": None}) + b"\0abcd")
    write("zarr-image", "many-chunks", compact_json(
        {"zarr_format": 2, "shape": [1000, 1000], "chunks": [1, 1], "dtype": "<f8",
         "compressor": None, "fill_value": "NaN", "order": "C", "filters": None}) + b"\0abcdefgh")
    index = struct.pack("<QQQQ", 0, 4, 2**64 - 1, 2**64 - 1)
    shard = {"zarr_format": 3, "node_type": "array", "shape": [2, 4], "data_type": "uint8",
             "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 4]}},
             "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
             "fill_value": 3, "codecs": [{"name": "sharding_indexed", "configuration": {
                 "chunk_shape": [2, 2], "codecs": [{"name": "bytes"}],
                 "index_codecs": [{"name": "bytes"}, {"name": "crc32c"}]}}]}
    write("zarr-image", "shard", compact_json(shard) + b"\0abcd" + index + crc32c(index))
    raw = bytes(range(64)) * 4
    size = struct.pack(">H", len(raw))
    write("zarr-chunk", "none", b"\0" + size + raw)
    write("zarr-chunk", "zlib", b"\3" + size + zlib.compress(raw))
    write("zarr-chunk", "gzip", b"\4" + size + gzip.compress(raw, mtime=0))
    # Blosc's header: version, codec's version, flags, type size, sizes of data, block and chunk.
    write("zarr-chunk", "blosc-copy",
          b"\1" + size + bytes([2, 1, 2, 1]) + struct.pack("<III", 256, 256, 272) + raw)
    for path in sorted(TESTS.glob("MicroscopyTests/Fixtures/zarr/**/*")):
        text = str(path)
        if path.is_file() and path.name.isdigit() and path.stat().st_size < 1500:
            metadata = next((parent / name for parent in path.parents
                             for name in [".zarray", "zarr.json"] if (parent / name).is_file()), None)
            chunk = path.read_bytes()
            codec = next((number for number, word in enumerate(["blosc", "zstd", "zlib", "gzip", "lz4"], 1)
                          if metadata and word in metadata.read_text()), 0)
            length = struct.unpack_from("<I", chunk, 4)[0] if codec == 1 else shape_size(metadata)
            if length and length < 65536 and path.name == "0":
                name = text.split("zarr/", 1)[1].replace("/", "-")
                write("zarr-chunk", name, bytes([codec]) + struct.pack(">H", length) + chunk)


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return struct.pack("<I", value ^ 0xFFFFFFFF)


def shape_size(metadata):
    values = json.loads(metadata.read_text())
    chunks = values.get("chunks") or values["chunk_grid"]["configuration"]["chunk_shape"]
    kind = values.get("dtype") or values["data_type"]
    digits = "".join(c for c in kind if c.isdigit())
    size = int(digits or 8) // (8 if "data_type" in values else 1)
    return count(chunks) * max(size, 1)


def first_chunk(metadata):
    files = [path for path in sorted(metadata.parent.rglob("*"))
             if path.is_file() and path.name not in [".zattrs", ".zarray", "zarr.json", ".zgroup"]]
    return files[0].read_bytes() if files else None


def compact(path):
    return compact_json(json.loads(path.read_text()))


def compact_json(value):
    return json.dumps(value, separators=(",", ":")).encode()


images()
weights()
texts()
zarr()
