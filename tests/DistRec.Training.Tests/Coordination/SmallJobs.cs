using DistRec.Models.Als;
using DistRec.Models.MatrixFactorization;

namespace DistRec.Training.Tests.Coordination;

/// <summary>Specifications that need no data, for whoever only looks at who is told what.</summary>
internal static class SmallJobs
{
    /// <summary>An alternating job without validation ratings: Load, Initialize, then for every epoch SolveUsers and SolveItems, PublishBest.</summary>
    public static JobSpec Als(int partitions = 1, int epochs = 2, string job = "j") => new()
    {
        Job = job, Model = ModelSpec.Of(new AlsOptions { Rank = 4 }), Epochs = epochs, RatingUnit = 1, RatingDeviation = 1,
        UserStarts = { Starts(partitions, 5) }, ItemStarts = { Starts(partitions, 3) },
    };

    /// <summary>A job that lends item blocks: Load, Initialize, SaveBest, then for every epoch Descend, Reclaim and SaveBest, PublishBest.</summary>
    public static JobSpec Mf(int partitions = 2, int blocks = 4, int epochs = 1) => new()
    {
        Job = "j", Model = ModelSpec.Of(new MfOptions { Rank = 4, LearningRate = 0.1f, LearningRateDecay = 1 }), Epochs = epochs, RatingUnit = 1, RatingDeviation = 1,
        UserStarts = { Starts(partitions, 5) }, ItemStarts = { Starts(partitions, 3) }, BlockStarts = { Starts(blocks, 2) },
    };

    /// <summary>What loads a job on its partitions.</summary>
    public static RunRound Load(JobSpec spec, long round = 1) =>
        new() { Job = spec.Job, Round = round, Kind = RoundKind.Load, Spec = spec, Layout = JobSpecs.LayoutOf(spec), DropThrough = round - 1 };

    /// <summary>The command of a later round.</summary>
    public static RunRound Round(JobSpec spec, long round, RoundKind kind) =>
        new() { Job = spec.Job, Round = round, Kind = kind, Epoch = 1, Layout = JobSpecs.LayoutOf(spec), Version = round };

    public static PartitionId User(int index = 0) => new(Side.User, index);

    public static PartitionId Item(int index = 0) => new(Side.Item, index);

    private static IEnumerable<int> Starts(int partitions, int rows) => Enumerable.Range(0, partitions + 1).Select(partition => partition * rows);
}
