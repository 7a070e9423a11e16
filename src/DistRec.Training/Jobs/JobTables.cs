using DistRec.Models;
using DistRec.Models.Bayesian;
using DistRec.Numerics.Linear;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Jobs;

/// <summary>Puts partitions' tables together to a model, and cuts a model into partitions' tables.</summary>
internal static class JobTables
{
    /// <summary>Copies blocks of consecutive rows into one table.</summary>
    /// <param name="blocks">Blocks in the order of their rows.</param>
    /// <param name="rank">Number of factors.</param>
    public static FactorBlock Join(IReadOnlyList<FactorBlock> blocks, int rank)
    {
        FactorBlock whole = FactorBlock.Zeros(blocks.Sum(block => block.Biases.Length), rank);
        int row = 0;
        foreach (FactorBlock block in blocks)
        {
            block.Factors.Values.CopyTo(whole.Factors.Values[(row * whole.Factors.Stride)..]);
            block.Biases.CopyTo(whole.Biases, row);
            row += block.Biases.Length;
        }

        return whole;
    }

    /// <summary>Copies rows [<paramref name="from"/>, <paramref name="to"/>) of a whole side.</summary>
    public static FactorBlock Cut(FactorTable? factors, float[] biases, int from, int to)
    {
        FactorBlock part = FactorBlock.Zeros(to - from, factors?.Rank ?? 0);
        factors?.Values[(from * factors.Stride)..(to * factors.Stride)].CopyTo(part.Factors.Values);
        biases.AsSpan(from, to - from).CopyTo(part.Biases);
        return part;
    }

    /// <summary>The model that trained tables make.</summary>
    public static FactorModel ToModel(JobSpec spec, FactorBlock users, FactorBlock items)
    {
        FactorModel tables = ToTables(spec, users, items);
        return spec.Bpmf is null ? tables : BpmfTables.ToModel(tables, JobSpecs.BpmfOf(spec));
    }

    /// <summary>Both sides' tables as they are trained, in the form of a model; what a checkpoint holds.</summary>
    public static FactorModel ToTables(JobSpec spec, FactorBlock users, FactorBlock items)
    {
        bool hasFactors = JobSpecs.RankOf(spec) > 0;
        return new FactorModel(
            spec.ModelName,
            spec.Nmf is null ? spec.GlobalMean : spec.MeanRating,
            JobSpecs.ScaleOf(spec),
            users.Biases,
            items.Biases,
            hasFactors ? users.Factors : null,
            hasFactors ? items.Factors : null);
    }
}
