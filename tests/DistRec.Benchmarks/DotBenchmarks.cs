using BenchmarkDotNet.Attributes;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Vectors;

namespace DistRec.Benchmarks;

/// <summary>The dot product of predictions and errors.</summary>
public class DotBenchmarks
{
    private FactorTable _rows = new(2, 1);

    [Params(32, 64, 128)]
    public int Rank { get; set; }

    [GlobalSetup]
    public void Setup() => _rows = Numbers.Table(2, Rank);

    [Benchmark]
    public float Product() => Dot.Compute(_rows.Row(0), _rows.Row(1));
}
