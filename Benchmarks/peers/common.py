"""What the comparisons in this folder share: options, the Swift benchmark, the machine, tables."""
import argparse
import os
import platform
import re
import subprocess
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent


def argument_parser(description, repeats="runs of the Swift benchmark in a round"):
    """A parser with the options of every comparison."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="turns of Morula and every peer (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of each (default: all)")
    parser.add_argument("--repeats", type=int, default=5, help=f"{repeats} (default: %(default)s)")
    return parser


class SwiftBenchmark:
    """A section of the package Benchmarks, whose rows are `| name | ms |`."""

    def __init__(self, section, arguments):
        self.command = [arguments.benchmarks, section, "--threads", arguments.threads, "--repeats", arguments.repeats]

    @staticmethod
    def add_option(parser):
        parser.add_argument(
            "--benchmarks", default=HERE.parent / ".build/release/benchmarks", help="the Swift binary"
        )

    def run(self, results=None):
        """The times in ms by name; results are written to a folder where one is given."""
        command = self.command + (["--results", results] if results else [])
        lines = subprocess.run(map(str, command), check=True, capture_output=True, text=True).stdout
        return {name: float(ms) for name, ms in re.findall(r"^\| (.+) \| ([\d.]+) \|$", lines, re.M)}


def keep_shortest(times, new):
    """Takes over every time that is shorter than the one so far."""
    for name, value in new.items():
        times[name] = min(times.get(name, value), value)


def peak_memory():
    """The most physical memory that this process held, in bytes (VmHWM of Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None


def operating_system():
    """The system's name for itself, `Debian GNU/Linux 12 (bookworm)` say."""
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform()


def versions(*packages):
    """`torch 2.15.0, openvino 2026.4.1`."""
    return ", ".join(f"{package} {metadata.version(package)}" for package in packages)


def table(header, rows):
    """The lines of a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]
