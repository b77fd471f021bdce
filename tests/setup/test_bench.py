"""make bench runs the benchmarks, and only those."""


def test_every_benchmark_runs_but_helpers_and_the_one_that_wants_a_file(checkout):
    folder = checkout.root / "benchmarks"
    folder.mkdir()
    program = "import sys\nif __name__ == \"__main__\":\n    print('ran', sys.argv[0].rpartition('/')[2])\n"
    for name in ("width.py", "identity.py", "conformance.py"):
        (folder / name).write_text(program)
    (folder / "report.py").write_text("print('a helper ran')\n")
    result = checkout.make("bench")
    assert result.returncode == 0, result.stderr
    ran = [line for line in result.stdout.splitlines() if line.startswith("ran") or "helper" in line]
    assert ran == ["ran identity.py", "ran width.py"]


def test_a_failed_benchmark_is_named(checkout):
    (checkout.root / "benchmarks").mkdir()
    (checkout.root / "benchmarks/width.py").write_text('if __name__ == "__main__":\n    raise SystemExit(3)\n')
    result = checkout.make("bench")
    assert result.returncode != 0
    assert "width.py failed" in result.stderr
