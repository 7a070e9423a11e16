using DistRec.Models.Neighborhood;
using DistRec.Numerics.Linear;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Transfer;

namespace DistRec.Training.Work;

/// <summary>
/// A shard of a model with lists of like items: before the first epoch it finds the lists of its items in all ratings, which lie in this process once.
/// They hang on nothing else, so whoever finds them anew finds the same.
/// </summary>
internal sealed class NeighborShardWork(JobSpec spec, PartitionId partition, NodeResources node) : ParameterServerWork(spec, partition, node)
{
    private bool _hasAllRatings;
    private bool _isSearching;
    private int _done;

    public override double Fraction => _isSearching ? (double)_done / (Spec.BlockStarts[Index + 1] - Spec.BlockStarts[Index]) : base.Fraction;

    public override async Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken)
    {
        _hasAllRatings = round.Command.Kind == RoundKind.Load ? round.Command.AllRatings : _hasAllRatings;
        _isSearching = round.Command.Kind == RoundKind.Initialize;
        return await base.RunAsync(round, cancellationToken).ConfigureAwait(false);
    }

    // The ratings are pulled each time: a job that begins again need not load what it has.
    protected override async Task DrawAsync(RoundInput round, FactorBlock tables, int block, CancellationToken cancellationToken)
    {
        await base.DrawAsync(round, tables, block, cancellationToken).ConfigureAwait(false);
        RatingMatrix ratings = (await PullRatingsAsync(round, index: 0, _hasAllRatings, cancellationToken).ConfigureAwait(false)).Training;
        using SharedSearch shared = Searches.Share(
            (Spec.Job, _hasAllRatings), () => Compute.RunAsync(() => Spec.Options.NeighborLists!.CreateSearch(ratings, Spec.Units, Compute.Width), CancellationToken.None));
        await FindAsync(await shared.Search.WaitAsync(cancellationToken).ConfigureAwait(false), ratings, tables, block, cancellationToken).ConfigureAwait(false);
    }

    private async Task FindAsync(IListSearch search, RatingMatrix ratings, FactorBlock tables, int block, CancellationToken cancellationToken)
    {
        int first = Spec.BlockStarts[block], count = tables.Biases.Length;
        if (!Spec.Options.MovesRows)
        {
            // Those of other models are learned with their weights.
            search.ItemBiases?.AsSpan(first, count).CopyTo(tables.Biases);
        }

        int start = Spec.Options.WidthOf(Side.Item) - Spec.Options.NeighborLists!.Shape.Width, atOnce = search.ItemsAtOnce;
        RatingMatrix raters = ratings.TransposeColumns(first, first + count);
        IListFinder?[] finders = new IListFinder?[Compute.Width];
        _done = 0;
        await Compute.ForAsync(
            (count + atOnce - 1) / atOnce,
            (chunk, worker) =>
            {
                int from = chunk * atOnce, to = Math.Min(count, from + atOnce);
                (finders[worker] ??= search.CreateFinder()).Find(raters, from, to, first, tables.Factors, start);
                Interlocked.Add(ref _done, to - from);
            },
            cancellationToken).ConfigureAwait(false);
    }
}
