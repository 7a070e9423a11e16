using DistRec.Models;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Actors;

/// <summary>Owns one partition of one side of an alternating model: <c>user-factors/p</c> or <c>item-factors/q</c>.</summary>
internal class FactorPartitionActor(Side side, int shard)
    : Participant(side == Side.User ? Addresses.UserKind : Addresses.ItemKind, shard)
{
    private RowPartition? _partition;

    protected override double Fraction => _partition?.Fraction ?? 0;

    private RowPartition Partition => _partition ?? throw new InvalidOperationException("a round came before the ratings were loaded");

    protected override async Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken)
    {
        switch (command.Kind)
        {
            case RoundKind.Load:
                RatingBlock ratings = await PullRatingsAsync(cancellationToken).ConfigureAwait(false);
                int firstRow = (side == Side.User ? Spec.UserStarts : Spec.ItemStarts)[Shard];
                _partition = new RowPartition(side, JobSpecs.SolverOf(Spec), ratings, firstRow, Spec.GlobalMean, JobSpecs.ScaleOf(Spec));
                return default;
            case RoundKind.Initialize:
                await InitializeAsync(cancellationToken).ConfigureAwait(false);
                PublishTables(command.Round, Addresses.Tables, Partition.Current);
                return default;
            case RoundKind.SolveUsers or RoundKind.SolveItems:
                PartitionedFactors other = side == Side.User
                    ? await PullSideAsync(Addresses.ItemKind, Spec.ItemStarts, command.SourceRound, cancellationToken).ConfigureAwait(false)
                    : await PullSideAsync(Addresses.UserKind, Spec.UserStarts, command.SourceRound, cancellationToken).ConfigureAwait(false);
                RoundSums sums = await Partition.SolveAsync(other, Context.Compute, cancellationToken).ConfigureAwait(false);
                PublishTables(command.Round, Addresses.Tables, Partition.Current);
                return sums;
            case RoundKind.Validate:
                PartitionedFactors items = await PullSideAsync(Addresses.ItemKind, Spec.ItemStarts, command.SourceRound, cancellationToken).ConfigureAwait(false);
                return await Partition.ValidateAsync(items, Context.Compute, cancellationToken).ConfigureAwait(false);
            case RoundKind.Keep:
                Partition.Keep();
                return default;
            case RoundKind.Publish or RoundKind.PublishKept:
                PublishForClient(command, Partition.Current, Partition.Kept);
                return default;
            default:
                throw new NotSupportedException($"{Kind} has no part in a round {command.Kind}");
        }
    }

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        if (Spec.Resume is null)
        {
            Partition.Initialize();
            return;
        }

        FactorBlock current = await PullResumeAsync(Addresses.Tables, cancellationToken).ConfigureAwait(false);
        FactorBlock kept = await PullResumeAsync(Addresses.KeptTables, cancellationToken).ConfigureAwait(false);
        Partition.Resume(current, Spec.ValidationRatings > 0 ? kept : null);
    }
}
