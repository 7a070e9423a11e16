using BenchmarkDotNet.Attributes;
using DistRec.Numerics.Linear;

namespace DistRec.Benchmarks;

/// <summary>The parts of one row of ALS: the Gram product of its ratings, the factorization, the solves, and two steps of CG instead.</summary>
public unsafe class SolveBenchmarks
{
    // Ratings of an average user of MovieLens 20M.
    private const int Depth = 145;

    private FactorTable _rows = new(1, 1);
    private FactorTable _gram = new(1, 1);
    private FactorTable _work = new(1, 1);
    private FactorTable _scratch = new(1, 1);
    private FactorTable _vectors = new(1, 1);
    private ConjugateGradient _conjugateGradient = new(1);

    [Params(32, 64, 128)]
    public int Rank { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _rows = Numbers.Table(Depth, Rank);
        _gram = new FactorTable(_rows.Stride, Rank);
        _work = new FactorTable(_rows.Stride, Rank);
        _scratch = new FactorTable(1, Cholesky.ScratchLength(_rows.Stride));
        _vectors = Numbers.Table(4, Rank);
        _conjugateGradient = new ConjugateGradient(Rank);
        GramKernel.AddProduct(_gram.Pointer, _gram.Stride, _rows.Pointer, _rows.Pointer, Depth);
        for (int j = 0; j < Rank; j++)
        {
            _gram.Row(j)[j] += 10;
        }
    }

    [Benchmark(Baseline = true)]
    public void Gram() => GramKernel.AddProduct(_work.Pointer, _work.Stride, _rows.Pointer, _rows.Pointer, Depth);

    [Benchmark]
    public bool CopyAndFactor()
    {
        _work.CopyFrom(_gram);
        return Cholesky.TryFactor(_work.Pointer, _work.Stride, _vectors.Pointer, _scratch.Pointer);
    }

    [Benchmark]
    public bool CopyFactorAndSolveTwoSides()
    {
        int stride = _work.Stride;
        _work.CopyFrom(_gram);
        if (!Cholesky.TryFactor(_work.Pointer, stride, _vectors.Pointer, _scratch.Pointer))
        {
            return false;
        }

        _vectors.Row(1).CopyTo(_vectors.Row(2));
        _vectors.Row(1).CopyTo(_vectors.Row(3));
        Cholesky.Solve(_work.Pointer, stride, _vectors.Pointer, _vectors.Pointer + 2 * stride, _vectors.Pointer + 3 * stride);
        return true;
    }

    [Benchmark]
    public bool ConjugateGradientTwoSteps()
    {
        _vectors.Row(2).Clear();
        return _conjugateGradient.TryImprove(null, _rows.Pointer, Depth, default, 10, _vectors.Row(1), _vectors.Row(2), 2);
    }
}
