#!/usr/bin/env python3
"""Times `morula segment` on a folder of volumes: frames per hour, and the share of the cores that is
busy.

    Benchmarks/frames.py images/ --voxel-size 0.8,0.8,1.75
    Benchmarks/frames.py images/ --morula old/morula --morula new/morula --rounds 3

Programs take turns, each in a folder of its own that is removed afterwards. Busy is (user + system)
/ (wall time * cores) of the whole command, with its start and its end. Where other programs take a part
of the cores, "ready" tells more: the share of the cores for which the command had a thread that ran
or could have run, looked up 50 times a second. The best of the rounds counts. With --watch the memory and the open files of the process are printed every so many frames. Options
that it does not know go to `morula segment`. Needs Python 3.9, no packages, and Linux.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time


def status(pid):
    """Resident memory in MB and open files of a process; None once it has ended."""
    try:
        with open(f"/proc/{pid}/status") as file:
            lines = dict(line.split(":", 1) for line in file if ":" in line)
        return int(lines["VmRSS"].split()[0]) / 1024, len(os.listdir(f"/proc/{pid}/fd"))
    except (OSError, KeyError):
        return None


def ready(pid):
    """The threads of a process that run or could run."""
    count = 0
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/stat") as file:
                count += file.read().rpartition(")")[2].split()[0] == "R"
    except OSError:
        pass
    return count


def run(morula, inputs, options, watch, cores):
    """One run: frames, wall and processor seconds, ready share, largest memory in MB."""
    folder = tempfile.mkdtemp(prefix="morula-frames-")
    log = os.path.join(folder, "log.jsonl")
    command = [morula, "segment", *inputs, "--output", os.path.join(folder, "out"), "--log", log]
    try:
        with open(os.path.join(folder, "errors"), "w+") as errors:
            start = time.monotonic()
            process = subprocess.Popen(command + options, stdout=subprocess.DEVNULL, stderr=errors)
            share = follow(process.pid, log, watch, cores)
            _, code, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - start
            if code != 0:
                errors.seek(0)
                raise SystemExit(f"{' '.join(command)} failed:\n{errors.read()}")
        with open(log) as lines:
            frames = [json.loads(line) for line in lines]
        peak = max(frame["peak_memory_bytes"] or 0 for frame in frames) / 1e6
        return len(frames), seconds, usage.ru_utime + usage.ru_stime, share, peak
    finally:
        shutil.rmtree(folder)


def follow(pid, log, every, cores):
    """The ready share until the process ends; prints memory and open files every so many frames."""
    following, rounds, total = every, 0, 0
    # The process stays a zombie without memory until it is waited for.
    while (state := status(pid)) is not None:
        total += min(cores, ready(pid))
        rounds += 1
        if every and rounds % 10 == 0 and os.path.exists(log):
            with open(log) as lines:
                done = sum(1 for _ in lines)
            if done >= following:
                print(f"  after {done} frames: {state[0]:.0f} MB resident, {state[1]} files open")
                following = done - done % every + every
        time.sleep(0.02)
    return total / max(1, rounds) / cores


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("inputs", nargs="+", help="volumes, or folders of them")
    parser.add_argument("--morula", action="append", help="a program; several are compared")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each program")
    parser.add_argument("--watch", type=int, default=0, metavar="FRAMES", help="print memory")
    arguments, options = parser.parse_known_args()
    cores = len(os.sched_getaffinity(0))
    if "--threads" in options:
        cores = min(cores, int(options[options.index("--threads") + 1]))
    programs = arguments.morula or [".build/release/morula"]
    best = {}
    for number in range(arguments.rounds):
        for program in programs:
            result = run(program, arguments.inputs, options, arguments.watch, cores)
            frames, seconds, busy, share, _ = result
            load = os.getloadavg()[0]
            print(
                f"round {number + 1}, {program}: {frames} frames in {seconds:.1f} s, "
                f"{busy / seconds / cores:.1%} of {cores} cores busy, {share:.1%} ready, "
                f"{busy:.1f} s of processors, "
                f"load {load:.1f}", flush=True)
            if program not in best or seconds < best[program][1]:
                best[program] = result
    print("\n| program | frames per hour | busy | ready | processor time per frame | peak |")
    print("|---|---|---|---|---|---|")
    for program, (frames, seconds, busy, share, peak) in best.items():
        print(
            f"| {program} | {3600 * frames / seconds:.0f} | {busy / seconds / cores:.1%} "
            f"| {share:.1%} | {busy / frames:.2f} s | {peak:.0f} MB |")


if __name__ == "__main__":
    main()
