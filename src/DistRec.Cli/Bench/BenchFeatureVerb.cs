using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using DistRec.Training.Transfer;

namespace DistRec.Cli.Bench;

/// <summary>A benchmark of factorization machines, of an indicator of the user and one of the item.</summary>
internal abstract class BenchFeatureVerb : BenchTrainingVerb
{
    protected abstract FmLearner Learner { get; }

    protected override TrainingSettings SettingsOf(BenchShape shape) =>
        new() { Model = FmOptions.For(FmTask.Regression, Learner) with { Rank = shape.Rank, BurnIn = 0 } };

    protected override TrainingData DataOf(RatingData generated)
    {
        RatingSplit whole = new(generated.Ratings, null, null);
        return base.DataOf(generated) with { Features = FeatureEncoder.Encode(whole, ["user", "item"]) };
    }

    /// <summary>Each worker's rows, as the actors part them.</summary>
    protected static FeatureBlock[] RowsOf(JobSpec spec, FeatureData features, bool keepsBlocks) =>
        [.. Enumerable.Range(0, spec.Features.RowStarts.Count - 1).Select(worker =>
            FeatureBlock.Of(features, spec.Features.RowStarts[worker]..spec.Features.RowStarts[worker + 1], 0..0, keepsBlocks))];

    /// <summary>The tables of features as the shards draw them.</summary>
    protected static FactorBlock[] TablesOf(JobSpec spec, FmOptions options) =>
        [.. Enumerable.Range(0, spec.BlockStarts.Count - 1).Select(shard =>
        {
            FactorBlock table = FactorBlock.Zeros(spec.BlockStarts[shard + 1] - spec.BlockStarts[shard], FmShape.Of(options).Width);
            JobSpecs.DrawItems(spec, table, spec.BlockStarts[shard]);
            return table;
        })];
}
